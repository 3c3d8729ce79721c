import type { FastifyInstance } from 'fastify'
import { internalHeader, registryAudience } from '../../platform/internal-calls.ts'
import { Problem } from '../problem.ts'
import type { Processes } from '../processes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether another process of this Agora asks, and has proven it. */
    isInternal: boolean
  }
}

/** What probes and Prometheus ask each process itself. */
const open = /^(\/api\/v1)?\/(health(\/live|\/ready)?|metrics)$/

const text = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' ? header : ''

/** Knows the calls of other processes by their tokens. To be registered before everything that cares. */
export const internalCallers = (app: FastifyInstance, processes: Processes | undefined): void => {
  app.decorateRequest('isInternal', false)
  if (!processes) return
  const { calls, audiences } = processes

  app.addHook('onRequest', (request, _reply, done) => {
    const { method, originalUrl: url, headers, routeOptions } = request
    const token = text(headers[internalHeader])
    if (token === '') return done()
    const call = {
      method,
      url,
      userId: text(headers['x-user-id']),
      address: text(headers['x-forwarded-for']),
    }
    const mine = routeOptions.url?.includes('/registry/') ? [registryAudience] : audiences()
    request.isInternal = mine.some((audience) => calls.isGood(token, { ...call, audience }))
    done()
  })
}

/**
 * Where only other processes of ours are answered, sends everybody else to the gateway, before anything else is looked
 * at.
 */
export const onlyInternalCallers = (
  app: FastifyInstance,
  processes: Processes | undefined,
): void => {
  if (!processes?.internalOnly) return
  app.addHook('onRequest', ({ isInternal, routeOptions: { url = '' } }, _reply, done) => {
    if (isInternal || open.test(url)) return done()
    done(
      new Problem(
        403,
        'internal_only',
        'This process answers the gateway of Agora and nobody else; ask the gateway.',
      ),
    )
  })
}
