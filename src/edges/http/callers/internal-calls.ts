import type { FastifyInstance } from 'fastify'
import {
  grpcHeader,
  internalHeader,
  registryAudience,
} from '../../../platform/security/internal-calls.ts'
import type { ArrivalStep } from '../arrival.ts'
import { Problem } from '../../../serving/problem.ts'
import type { Processes } from '../../../serving/processes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the request carries a valid signature of another process of Agora. */
    isInternal: boolean
    /** Whether it is a signed request of this process to itself, for a call of gRPC. */
    isGrpc: boolean
  }
}

/** Paths that probes and Prometheus request from each process. */
const publicPaths = /^(\/api\/v1)?\/(health(\/live|\/ready)?|metrics)$/

const text = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' ? header : ''

const pass: ArrivalStep = () => undefined

/** Recognises signed calls of other processes. Registered before every step that depends on `isInternal`. */
export const internalCallers = (app: FastifyInstance, processes: Processes): ArrivalStep => {
  app.decorateRequest('isInternal', false)
  app.decorateRequest('isGrpc', false)
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
    request.isGrpc = request.isInternal && headers[grpcHeader] !== undefined
    return undefined
  }
}

/**
 * In a process that answers only other processes, rejects all other requests before anything else is read.
 */
export const onlyInternalCallers = (processes: Processes): ArrivalStep =>
  processes.internalOnly
    ? ({ isInternal, routeOptions: { url = '' } }) =>
        isInternal || publicPaths.test(url)
          ? undefined
          : new Problem(
              403,
              'internal_only',
              'This process answers only the gateway of Agora; send the request to the gateway.',
            )
    : pass
