import { Type } from 'typebox'
import type { Check } from '../../serving/ports.ts'
import { Problem } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

const Checks = Type.Array(
  Type.Object({
    name: Type.String(),
    ok: Type.Boolean(),
    detail: Type.Optional(Type.String()),
  }),
)

/** Results of checks; details are included only for callers with diagnostics access. */
const listed = (checks: readonly Check[], inFull: boolean) =>
  checks.map(({ name, ok, detail }) => ({
    name,
    ok,
    ...(inFull && detail !== undefined && { detail }),
  }))

/** Routes for the health of Agora. */
export const systemRoutes = [
  route({
    method: 'GET',
    url: '/health',
    access: 'public',
    operationId: 'health',
    summary: 'Health of Agora and its dependencies',
    description:
      'Degraded when any check fails; a gateway names the contexts without an instance. Details are included for callers from a private network without a proxy, or with the metrics token.',
    data: Type.Object({ status: Type.Enum(['ok', 'degraded']), checks: Checks }),
    atRoot: true,
    unlimited: true,
    handle: async ({ isNear }, { checks }) => {
      const found = await checks()
      const status = found.every(({ ok }) => ok) ? ('ok' as const) : ('degraded' as const)
      return { data: { status, checks: listed(found, isNear) } }
    },
  }),

  route({
    method: 'GET',
    url: '/health/live',
    access: 'public',
    operationId: 'live',
    summary: 'Whether this process runs',
    data: Type.Object({ status: Type.Enum(['live']), uptime: Type.Number() }),
    atRoot: true,
    unlimited: true,
    handle: async () => ({ data: { status: 'live' as const, uptime: process.uptime() } }),
  }),

  route({
    method: 'GET',
    url: '/health/ready',
    access: 'public',
    operationId: 'ready',
    summary: 'Whether this process can serve; 503 when it cannot',
    description:
      'A gateway is ready while it has its stores: requests for contexts without an instance are answered with 503.',
    data: Type.Object({ status: Type.Enum(['ready']), checks: Checks }),
    atRoot: true,
    unlimited: true,
    handle: async ({ isNear }, { checks }) => {
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
  }),
]
