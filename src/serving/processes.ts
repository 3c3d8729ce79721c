import type { InternalCalls } from '../platform/security/internal-calls.ts'
import type { PassOn } from '../platform/messaging/request-proxy/port.ts'
import type { Registry } from '../platform/messaging/registry/port.ts'

/** A circuit breaker between the gateway and an instance. */
export type BreakerStatus = {
  readonly instance: string
  readonly url: string
  readonly state: 'closed' | 'open' | 'half-open'
  /** Requests that wait for its answer. */
  readonly pending: number
}

/** This process among the others. */
export type Processes = {
  /**
   * Whom calls for this process are made out to: the id of the instance; and its addresses, by which those call it who
   * know no more of it.
   */
  readonly audiences: () => readonly string[]
  /** Whether a context is served by this process itself; everybody serves `system`. */
  readonly isHere: (context: string) => boolean
  /** Serves what is not here; without it nobody does. */
  readonly passOn?: PassOn
  readonly registry: Registry
  readonly breakers: () => readonly BreakerStatus[]
  readonly calls: Pick<InternalCalls, 'isGood'>
  /** Whether only other processes of ours are answered. */
  readonly internalOnly: boolean
  /** Whether who calls is believed to be whom `x-user-id` names: for development only, and on loopback. */
  readonly believesUserIds?: boolean
}
