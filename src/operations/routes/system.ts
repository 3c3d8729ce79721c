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

/** What is told of checks: in full, or just what is well. */
const listed = (checks: readonly Check[], inFull: boolean) =>
  checks.map(({ name, ok, detail }) => ({
    name,
    ok,
    ...(inFull && detail !== undefined && { detail }),
  }))

/** Whether Agora is well. */
export const systemRoutes = [
  route({
    method: 'GET',
    url: '/health',
    access: 'public',
    operationId: 'health',
    summary: 'How Agora and everything it needs is',
    description:
      'Degraded where anything is not well; a gateway names the contexts that nobody serves just now. Why, is told to who asks from a network of ours without a proxy, or with the token for it.',
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
    summary: 'Whether this process runs at all',
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
      'A gateway can as long as it has its stores: who asks for what nobody serves just now is told so by it.',
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
