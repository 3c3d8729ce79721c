import type { FastifyInstance } from 'fastify'
import { hasDiagnosticsAccess } from '../diagnostics-access.ts'
import { forbidden } from '../../../serving/problem.ts'
import type { RouteContext } from './context.ts'

/** The metrics, in the text format of Prometheus. */
export const metricsRoute = (
  app: FastifyInstance,
  { metrics, config }: RouteContext,
  url: string,
  alias: boolean,
): void => {
  const text = { content: { 'text/plain': { schema: { type: 'string' } } } }
  app.get(
    url,
    {
      config: {
        access: 'public',
        rateLimit: false,
        ...(!alias && {
          documented: {
            problems: [403, 500, 503],
            success: { description: 'Samples, one a line', ...text },
          },
        }),
      },
      schema: {
        operationId: 'metrics',
        summary: 'Metrics for Prometheus',
        description:
          'For who asks from a network of ours without a proxy, or with the token for it (`METRICS_TOKEN`).',
        tags: ['system'],
        response: { 200: {} },
      },
    },
    async (request, reply) => {
      if (!hasDiagnosticsAccess(request, config))
        throw forbidden('Metrics are for who asks this process itself; see METRICS_TOKEN.')
      const { contentType, text: samples } = await metrics()
      return reply.type(contentType).send(samples)
    },
  )
}
