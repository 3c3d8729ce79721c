import type { PassOn } from '../../platform/messaging/request-proxy/port.ts'
import type { InternalCalls } from '../../platform/security/internal-calls.ts'
import type { Reachable, Resolver } from '../../platform/messaging/registry/port.ts'
import type { BreakerOptions, BreakerState } from './breaker.ts'
import { knownInstances } from './known-instances.ts'
import { passOn } from './pass-on.ts'
import { upstreams, type BreakerStatus, type ResponseTimeouts } from './upstreams.ts'

/** Forwards requests to the processes that serve their contexts. */
export type Gateway = {
  /** Forwards a request. @param context the context that serves it @throws Unavailable when no instance answers */
  readonly passOn: PassOn
  /** Whether a context has an instance whose breaker is not open. */
  readonly isServed: (context: string) => boolean
  /** The circuit breaker of each instance. */
  readonly breakers: () => readonly BreakerStatus[]
  /** Closes the connections to all instances, once pending requests are answered. */
  readonly close: () => Promise<void>
}

/**
 * Opens a gateway to all instances that the resolver reports, now and later.
 * @param calls signs the forwarded requests
 * @param options.every interval between polls of the resolver, in ms
 * @param options.changed called with every new state of a circuit breaker
 * @param options.timeouts timeouts for the headers of an answer, in ms
 * @param options.onError called with every failure that the gateway recovers from
 */
export const openGateway = async (
  resolver: Resolver,
  calls: InternalCalls,
  {
    every = 500,
    changed = () => undefined,
    onError,
    timeouts,
    ...breaking
  }: BreakerOptions & {
    readonly every?: number
    readonly changed?: (instance: Reachable, state: BreakerState) => void
    readonly onError: (error: unknown) => void
    readonly timeouts?: ResponseTimeouts
  },
): Promise<Gateway> => {
  const instances = upstreams({ ...breaking, changed })
  const known = await knownInstances(resolver, { every, changed: instances.set, onError })
  return {
    passOn: passOn({ known, upstreams: instances, calls, ...(timeouts && { timeouts }) }),
    isServed: (context) =>
      instances.of(known.of(context)).some(({ breaker: { state } }) => state() !== 'open'),
    breakers: instances.breakers,
    close: async () => {
      await known.close()
      await instances.close()
    },
  }
}
