import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Check } from '../../serving/ports.ts'
import { mayLookInside } from '../../http/near.ts'
import { forbidden, Problem } from '../../serving/problem.ts'
import type { Serve } from '../../http/routes-of.ts'
import type { RouteContext } from '../../http/routes/context.ts'

const Checks = Type.Array(
  Type.Object({
    name: Type.String(),
    ok: Type.Boolean(),
    detail: Type.Optional(Type.String()),
  }),
)

/** What is told of checks: in full, or just what is well. */
const listed = (checks: readonly Check[], inFull: boolean) =>
  checks.map(({ name, ok, detail }) => ({
    name,
    ok,
    ...(inFull && detail !== undefined && { detail }),
  }))

/**
 * Whether Agora is well.
 * @param at where else the same is served, undocumented: `alias` below the prefix of the API
 */
export const system = (serve: Serve, { checks }: RouteContext, alias: boolean): void => {
  serve(
    {
      method: 'GET',
      url: '/health',
      access: 'public',
      operationId: 'health',
      summary: 'How Agora and everything it needs is',
      description:
        'Degraded where anything is not well; a gateway names the contexts that nobody serves just now. Why, is told to who asks from a network of ours without a proxy, or with the token for it.',
      tag: 'system',
      data: Type.Object({ status: Type.Enum(['ok', 'degraded']), checks: Checks }),
      alias,
      unlimited: true,
    },
    async ({ isNear }) => {
      const found = await checks()
      const status = found.every(({ ok }) => ok) ? ('ok' as const) : ('degraded' as const)
      return { data: { status, checks: listed(found, isNear) } }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/health/live',
      access: 'public',
      operationId: 'live',
      summary: 'Whether this process runs at all',
      tag: 'system',
      data: Type.Object({ status: Type.Enum(['live']), uptime: Type.Number() }),
      alias,
      unlimited: true,
    },
    async () => ({ data: { status: 'live' as const, uptime: process.uptime() } }),
  )

  serve(
    {
      method: 'GET',
      url: '/health/ready',
      access: 'public',
      operationId: 'ready',
      summary: 'Whether this process can serve; 503 when it cannot',
      description:
        'A gateway can as long as it has its stores: who asks for what nobody serves just now is told so by it.',
      tag: 'system',
      data: Type.Object({ status: Type.Enum(['ready']), checks: Checks }),
      alias,
      unlimited: true,
    },
    async ({ isNear }) => {
      const found = await checks()
      const bad = found.filter(({ ok, optional = false }) => !ok && !optional)
      if (bad.length === 0)
        return { data: { status: 'ready' as const, checks: listed(found, isNear) } }
      throw new Problem(
        503,
        'not_ready',
        `Not ready: ${bad.map(({ name }) => name).join(', ')}.`,
        bad.map(({ name, detail = '' }) => ({
          field: name,
          message: (isNear && detail) || 'is not ready',
        })),
      )
    },
  )
}

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
      if (!mayLookInside(request, config))
        throw forbidden('Metrics are for who asks this process itself; see METRICS_TOKEN.')
      const { contentType, text: samples } = await metrics()
      return reply.type(contentType).send(samples)
    },
  )
}
