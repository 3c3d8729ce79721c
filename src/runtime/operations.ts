import type { Store } from '#kernel'

/** How a read model is doing. */
export type ProjectionStatus = {
  readonly name: string
  readonly version: number
  readonly generation: number
  /** The store that the documents of the live generation are in. */
  readonly store: Store
  /** The store that the projection declares, where it is not configured: PostgreSQL holds the documents instead. */
  readonly declaredStore?: Store
  readonly status: 'live' | 'paused' | 'building' | 'elsewhere'
  /** Up to where in the log it is true. */
  readonly position: bigint
  /** Where the log ends. */
  readonly head: bigint
  readonly lagEvents: number
  readonly lagSeconds: number
  /** How many of its documents wait for a person. */
  readonly parked: number
  /** The generation that is being built beside the live one. */
  readonly rebuild?: {
    /** Events folded so far, of `total`. */
    readonly progress: number
    readonly total: number
    /** Seconds. */
    readonly etaSeconds?: number
  }
  /** How the documents of the live generation differed, by count, from those of the one it took over from. */
  readonly comparison?: {
    readonly same: number
    readonly different: number
    readonly onlyOld: number
    readonly onlyNew: number
  }
}

/** Where a saga stands, seen from outside. */
export type SagaState = 'running' | 'ended' | 'parked'

/** One run of a saga. */
export type SagaSummary = {
  readonly saga: string
  /** What the run is about: the key of its events. */
  readonly id: string
  readonly state: SagaState
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly updatedAt: string
  /** How many moves it has made. */
  readonly steps: number
}

/** Something that failed for the last time it was allowed to, and waits for a person. */
export type DeadLetter = {
  readonly id: string
  readonly kind: 'projection' | 'saga' | 'job'
  /** Of the projection, the saga or the queue. */
  readonly name: string
  /** The document, the run of the saga, or the job. */
  readonly key: string
  readonly position?: bigint
  /** The type of the event. */
  readonly type?: string
  readonly error: string
  readonly attempts: number
  /** When it last failed, ISO 8601 in UTC. */
  readonly at: string
}

/** What operators see and do. What is not there is answered with `false` or `undefined`. */
export type Operations = {
  readonly projections: () => Promise<readonly ProjectionStatus[]>
  /** Builds a new generation beside the live one and switches to it when it has caught up. */
  readonly rebuild: (name: string) => Promise<boolean>
  /**
   * Requests that the live generation folds one document from the start of the log; one without events is removed.
   * @param key of the document
   */
  readonly refold: (name: string, key: string) => Promise<boolean>
  /** Requests that the live generation removes one document: until it is refolded, rebuilt, or created by an event. */
  readonly removeDocument: (name: string, key: string) => Promise<boolean>
  readonly pause: (name: string) => Promise<boolean>
  readonly resume: (name: string) => Promise<boolean>
  /** Runs of sagas, the latest change first, from `offset` (default 0) on, `limit` (default 100) of them; and how many there are. */
  readonly sagas: (range?: {
    readonly state?: SagaState
    readonly limit?: number
    readonly offset?: number
  }) => Promise<{ readonly runs: readonly SagaSummary[]; readonly total: number }>
  /** The runs that are about `id`; several sagas may have one each. */
  readonly saga: (id: string) => Promise<readonly SagaSummary[]>
  /** Lets the parked runs about `id` go on. */
  readonly retrySaga: (id: string) => Promise<boolean>
  readonly deadLetters: () => Promise<readonly DeadLetter[]>
  readonly retryDeadLetter: (id: string) => Promise<boolean>
}
