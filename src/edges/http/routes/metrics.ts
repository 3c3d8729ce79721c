import type { FastifyInstance } from 'fastify'
import { hasDiagnosticsAccess } from '../diagnostics-access.ts'
import { forbidden } from '../../../serving/problem.ts'
import type { RouteContext } from './context.ts'

/** Serves the metrics in the text format of Prometheus. */
export const metricsRoute = (
  app: FastifyInstance,
  { metrics, config }: RouteContext,
  url: string,
): void => {
  app.get(url, { config: { access: 'public', rateLimit: false } }, async (request, reply) => {
    if (!hasDiagnosticsAccess(request, config))
      throw forbidden(
        'Metrics are only for callers from a private network, or with the token METRICS_TOKEN.',
      )
    const { contentType, text: samples } = await metrics()
    return reply.type(contentType).send(samples)
  })
}
