import type { FastifyInstance } from 'fastify'
import { internalHeader, registryAudience } from '../../../platform/security/internal-calls.ts'
import type { ArrivalStep } from '../arrival.ts'
import { Problem } from '../../../serving/problem.ts'
import type { Processes } from '../../../serving/processes.ts'

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

const pass: ArrivalStep = () => undefined

/** Knows the calls of other processes by their tokens. Comes before everything that cares. */
export const internalCallers = (app: FastifyInstance, processes: Processes): ArrivalStep => {
  app.decorateRequest('isInternal', false)
  const { calls, audiences } = processes

  return (request) => {
    const { method, originalUrl: url, headers, routeOptions } = request
    const token = text(headers[internalHeader])
    if (token === '') return undefined
    const call = {
      method,
      url,
      userId: text(headers['x-user-id']),
      address: text(headers['x-forwarded-for']),
    }
    const mine = routeOptions.url?.includes('/registry/') ? [registryAudience] : audiences()
    request.isInternal = mine.some((audience) => calls.isGood(token, { ...call, audience }))
    return undefined
  }
}

/**
 * Where only other processes of ours are answered, sends everybody else to the gateway, before anything else is looked
 * at.
 */
export const onlyInternalCallers = (processes: Processes): ArrivalStep =>
  processes.internalOnly
    ? ({ isInternal, routeOptions: { url = '' } }) =>
        isInternal || open.test(url)
          ? undefined
          : new Problem(
              403,
              'internal_only',
              'This process answers the gateway of Agora and nobody else; ask the gateway.',
            )
    : pass
