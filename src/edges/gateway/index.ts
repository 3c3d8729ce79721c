import type { PassOn } from '../../platform/messaging/request-proxy/port.ts'
import type { InternalCalls } from '../../platform/security/internal-calls.ts'
import type { Reachable, Resolver } from '../../platform/messaging/registry/port.ts'
import type { Breaking, BreakerState } from './breaker.ts'
import { knownInstances } from './known-instances.ts'
import { passOn } from './pass-on.ts'
import { upstreams, type BreakerStatus, type Patience } from './upstreams.ts'

/** Passes requests on to the processes that serve them. */
export type Gateway = {
  /** @param context whose request it is @throws Unavailable when nobody answers */
  readonly passOn: PassOn
  /** Whether anybody would be asked for a context just now. */
  readonly isServed: (context: string) => boolean
  /** The circuit breaker of each instance. */
  readonly breakers: () => readonly BreakerStatus[]
  /** Lets go of all instances, after they have answered. */
  readonly close: () => Promise<void>
}

/**
 * Opens a gateway to all instances that somebody knows, and will know.
 * @param calls proves to them that it is the gateway who calls
 * @param options.every how often it is looked for others, in ms
 * @param options.changed told of every new state of a circuit breaker
 * @param options.patience how long is waited for an instance that says nothing
 * @param options.onError told of every failure it recovers from
 */
export const openGateway = async (
  resolver: Resolver,
  calls: InternalCalls,
  {
    every = 500,
    changed = () => undefined,
    onError,
    patience,
    ...breaking
  }: Breaking & {
    readonly every?: number
    readonly changed?: (instance: Reachable, state: BreakerState) => void
    readonly onError: (error: unknown) => void
    readonly patience?: Patience
  },
): Promise<Gateway> => {
  const ways = upstreams({ ...breaking, changed })
  const known = await knownInstances(resolver, { every, changed: ways.set, onError })
  return {
    passOn: passOn({ known, upstreams: ways, calls, ...(patience && { patience }) }),
    isServed: (context) =>
      ways.of(known.of(context)).some(({ breaker: { state } }) => state() !== 'open'),
    breakers: ways.breakers,
    close: async () => {
      await known.close()
      await ways.close()
    },
  }
}
