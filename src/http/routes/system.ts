import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Check } from '../dependencies.ts'
import { Problem } from '../problem.ts'
import type { Serve } from '../route.ts'
import type { RouteContext } from './context.ts'

const Checks = Type.Array(
  Type.Object({
    name: Type.String(),
    ok: Type.Boolean(),
    detail: Type.Optional(Type.String()),
  }),
)

const listed = (checks: readonly Check[]): Check[] => checks.map((check) => ({ ...check }))

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
      tag: 'system',
      data: Type.Object({ status: Type.Enum(['ok', 'degraded']), checks: Checks }),
      alias,
    },
    async () => {
      const found = await checks()
      const status = found.every(({ ok }) => ok) ? ('ok' as const) : ('degraded' as const)
      return { data: { status, checks: listed(found) } }
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
      tag: 'system',
      data: Type.Object({ status: Type.Enum(['ready']), checks: Checks }),
      alias,
      unlimited: true,
    },
    async () => {
      const found = await checks()
      const bad = found.filter(({ ok }) => !ok)
      if (bad.length === 0) return { data: { status: 'ready' as const, checks: listed(found) } }
      throw new Problem(
        503,
        'not_ready',
        `Not ready: ${bad.map(({ name }) => name).join(', ')}.`,
        bad.map(({ name, detail = 'is not ready' }) => ({ field: name, message: detail })),
      )
    },
  )
}

/** The metrics, in the text format of Prometheus. */
export const metricsRoute = (
  app: FastifyInstance,
  { metrics }: RouteContext,
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
            problems: [500, 503],
            success: { description: 'Samples, one a line', ...text },
          },
        }),
      },
      schema: {
        operationId: 'metrics',
        summary: 'Metrics for Prometheus',
        tags: ['system'],
        response: { 200: {} },
      },
    },
    async (_request, reply) => {
      const { contentType, text: samples } = await metrics()
      return reply.type(contentType).send(samples)
    },
  )
}
