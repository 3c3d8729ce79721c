/** A request that carries an Idempotency-Key. */
export type KeyedRequest = {
  /** Whose key it is: two users may pick the same one. */
  readonly scope: string
  readonly key: string
  /** Tells payloads apart. */
  readonly payloadHash: string
}

/** The answer that a request got, byte for byte. */
export type Receipt = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What is known of a request. */
export type Claim =
  /** No answer is remembered, and nobody works on one: the caller does, and then says how it ended with the holder's name. */
  | { readonly state: 'new'; readonly holder: string }
  /** Another request is computing the answer. */
  | { readonly state: 'running' }
  /** The key was used for another payload. */
  | { readonly state: 'mismatch' }
  | ({ readonly state: 'done' } & Receipt)

/** Retention times, in ms. */
export type Keeping = {
  /** A claim lapses after this when its process hangs; that of a process that is known to be dead is free at once. Default: 10 s. */
  readonly running?: number
  /** The same key gets the same answer, and stands for the same payload, for this long. Default: 24 h. */
  readonly done?: number
}

/** Remembers the answers to requests that may be sent twice. Every failure to reach the store is `Unavailable`. */
export type Receipts = {
  readonly claim: (request: KeyedRequest) => Promise<Claim>
  /** Remembers the answer; durable when the promise resolves. Does nothing when the claim has passed to another holder. */
  readonly finish: (request: KeyedRequest, holder: string, receipt: Receipt) => Promise<void>
  /**
   * Gives the claim back without an answer: the same payload may be sent again at once, another one is still a mismatch.
   * Does nothing when the claim has passed to another holder.
   */
  readonly release: (request: KeyedRequest, holder: string) => Promise<void>
  /** Drops what is too old to matter. @returns how many were dropped */
  readonly purge: () => Promise<number>
}

/**
 * So long a request may take before others take it for dead, in ms. One that lives on after all does no harm: whoever
 * makes it again does so under the same command id.
 */
export const defaultRunning = 10_000

/** So long an answer is remembered, in ms. */
export const defaultDone = 24 * 60 * 60_000
