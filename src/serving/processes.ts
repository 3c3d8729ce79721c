import type { InternalCalls } from '../platform/security/internal-calls.ts'
import type { PassOn } from '../platform/messaging/request-proxy/port.ts'
import type { Registry } from '../platform/messaging/registry/port.ts'

/** A circuit breaker between the gateway and an instance. */
export type BreakerStatus = {
  readonly instance: string
  readonly url: string
  readonly state: 'closed' | 'open' | 'half-open'
  /** Number of requests that the instance has not answered yet. */
  readonly pending: number
}

/** This process within the cluster. */
export type Processes = {
  /**
   * Audiences of signed calls to this process: the id of the instance, and its addresses for callers that know only
   * those.
   */
  readonly audiences: () => readonly string[]
  /** Whether this process serves a context itself; every process serves `system`. */
  readonly isHere: (context: string) => boolean
  /** Forwards requests for contexts that this process does not serve; without it those are unavailable. */
  readonly passOn?: PassOn
  readonly registry: Registry
  readonly breakers: () => readonly BreakerStatus[]
  readonly calls: Pick<InternalCalls, 'isGood'>
  /** Whether only signed calls of other processes are answered. */
  readonly internalOnly: boolean
  /** Whether `x-user-id` is trusted without an access token: for development only, and on loopback. */
  readonly believesUserIds?: boolean
}
