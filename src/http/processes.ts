import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { InternalCalls } from '../platform/internal-calls.ts'
import type { Registry } from '../platform/registry/port.ts'

/** A request that another process serves. */
export type Passed = {
  readonly method: string
  /** Path and query, as on the wire. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer | undefined
  /** Whom the token is of, if there is one. */
  readonly userId: string | undefined
  /** Where it comes from. */
  readonly address: string
  readonly protocol: string
  readonly correlationId: string
}

/** What that one answered. */
export type PassedBack = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer | Readable
}

/** Passes a request on to whoever serves a context. @throws Unavailable when nobody answers */
export type PassOn = (context: string, request: Passed) => Promise<PassedBack>

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
  readonly instanceId: string
  /** Whether a context is served by this process itself; everybody serves `system`. */
  readonly isHere: (context: string) => boolean
  /** Serves what is not here; without it nobody does. */
  readonly passOn?: PassOn
  readonly registry: Registry
  readonly breakers: () => readonly BreakerStatus[]
  readonly calls: Pick<InternalCalls, 'isGood'>
  /** Whether only other processes of ours are answered. */
  readonly internalOnly: boolean
}
