/** A request that carries an Idempotency-Key. */
export type KeyedRequest = {
  /** Namespace of the key, such as a user: two users may choose the same key. */
  readonly scope: string
  readonly key: string
  /** Hash of the payload. */
  readonly payloadHash: string
}

/** The answer of a request, byte for byte. */
export type Receipt = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Result of a claim. */
export type Claim =
  /** There is no answer, and no request computes one: the caller handles the request, and finishes or releases the claim. */
  | { readonly state: 'new'; readonly holder: string }
  /** Another request is computing the answer. */
  | { readonly state: 'running' }
  /** The key was used for another payload. */
  | { readonly state: 'mismatch' }
  | ({ readonly state: 'done' } & Receipt)

/** Retention times, in ms. */
export type Retention = {
  /** Time after which a claim expires when its process hangs; that of a dead process is free at once. Default: 10 s. */
  readonly running?: number
  /** Retention of an answer, and of the binding of a key to its payload. Default: 24 h. */
  readonly done?: number
}

/** Stored answers of requests that may be repeated. An outage of the store is `Unavailable`. */
export type Receipts = {
  /** Claims a request, or returns its state. */
  readonly claim: (request: KeyedRequest) => Promise<Claim>
  /** Stores the answer; durable when the promise resolves. No effect if another holder has the claim by now. */
  readonly finish: (request: KeyedRequest, holder: string, receipt: Receipt) => Promise<void>
  /**
   * Releases the claim without an answer: the same payload may be sent again at once, another one is still a mismatch. No effect
   * if another holder has the claim by now.
   */
  readonly release: (request: KeyedRequest, holder: string) => Promise<void>
  /** Removes expired receipts. @returns the number of removed receipts */
  readonly purge: () => Promise<number>
}

/**
 * Default expiry of a claim, in ms. A request that continues after it does no harm: its repetition sends the same command ids.
 */
export const defaultRunning = 10_000

/** Default retention of an answer, in ms. */
export const defaultDone = 24 * 60 * 60_000
