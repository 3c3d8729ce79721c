/** Policy of calls to a server outside of Agora. */
export type Policy = {
  /** Time limit of one attempt until the server answers, in ms. */
  readonly answerMs: number
  /** Time limit of connecting, in ms, where it is shorter. */
  readonly connectMs?: number
  /** Attempts within one call. */
  readonly attempts: number
  /** What repeats a call whose attempts have failed. */
  readonly repeatedBy: string
  /** Number of calls in a row that fail before the breaker opens. */
  readonly failures: number
  /** Time that an open breaker rejects calls before it admits one as a trial, in ms. */
  readonly restMs: number
}

/** State of the breaker of an outbound client: `open` rejects calls, `half-open` waits for the outcome of one trial. */
export type OutboundState = 'closed' | 'open' | 'half-open'

/** State of an outbound client of this process, since its start. */
export type OutboundStatus = {
  readonly state: OutboundState
  /** Calls that the server did not answer. */
  readonly failed: number
  /** Calls that were rejected as the breaker was open. */
  readonly rejected: number
}

/** A client of a server outside of Agora. */
export type OutboundClient = {
  readonly name: string
  readonly policy: Policy
  readonly status: () => OutboundStatus
}
