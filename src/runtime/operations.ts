import type { Store } from '#kernel'
import type { AuditRecord } from '../platform/storage/audits/port.ts'

/** Status of a read model. */
export type ProjectionStatus = {
  readonly name: string
  readonly version: number
  readonly generation: number
  /** The store that the documents of the live generation are in. */
  readonly store: Store
  /** The store that the projection declares, where it is not configured: PostgreSQL holds the documents instead. */
  readonly declaredStore?: Store
  /** Stores that are not configured any more and have documents of former generations. */
  readonly remainsIn?: readonly Store[]
  readonly status: 'live' | 'paused' | 'building' | 'elsewhere'
  /** Position up to which the read model includes the log. */
  readonly position: bigint
  /** Head of the log. */
  readonly head: bigint
  readonly lagEvents: number
  readonly lagSeconds: number
  /** Number of parked documents. */
  readonly parked: number
  /** Progress of the generation that is built beside the live one. */
  readonly rebuild?: {
    /** Events folded so far, of `total`. */
    readonly progress: number
    readonly total: number
    /** Seconds. */
    readonly etaSeconds?: number
  }
  /** Numbers of documents that were the same and that differed between the live generation and the one before it. */
  readonly comparison?: {
    readonly same: number
    readonly different: number
    readonly onlyOld: number
    readonly onlyNew: number
  }
}

/** State of a run, for operators. */
export type SagaState = 'running' | 'ended' | 'parked'

/** How far a read model is behind the log. */
export type ProjectionLag = Pick<ProjectionStatus, 'name' | 'lagEvents' | 'lagSeconds'>

/** One run of a saga. */
export type SagaSummary = {
  readonly saga: string
  /** Key of the run: the id that its events share. */
  readonly id: string
  readonly state: SagaState
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly updatedAt: string
  /** Number of moves. */
  readonly steps: number
}

/** A document, a run or a job whose attempts are used up; it waits for an operator. */
export type DeadLetter = {
  readonly id: string
  readonly kind: 'projection' | 'saga' | 'job'
  /** Name of the projection, the saga or the queue. */
  readonly name: string
  /** Key of the document or of the run, or id of the job. */
  readonly key: string
  readonly position?: bigint
  /** Type of the event that failed. */
  readonly type?: string
  readonly error: string
  readonly attempts: number
  /** Time of the last failure, ISO 8601 in UTC. */
  readonly at: string
}

/** Number of the dead letters of a read model, saga or job, where there are some. */
export type DeadLetterCount = Pick<DeadLetter, 'kind' | 'name'> & { readonly count: number }

/** Queries and actions of operators. An action returns `false` when there is nothing by that name or id. */
export type Operations = {
  readonly projections: () => Promise<readonly ProjectionStatus[]>
  /** How far each read model is behind, with two queries while none is. */
  readonly lags: () => Promise<readonly ProjectionLag[]>
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
  /** Runs of sagas, latest change first, from `offset` (default 0), at most `limit` (default 100); and their total. */
  readonly sagas: (range?: {
    readonly state?: SagaState
    readonly limit?: number
    readonly offset?: number
  }) => Promise<{ readonly runs: readonly SagaSummary[]; readonly total: number }>
  /** The runs with the key `id`; each saga may have one. */
  readonly saga: (id: string) => Promise<readonly SagaSummary[]>
  /** Retries the parked runs with the key `id`. */
  readonly retrySaga: (id: string) => Promise<boolean>
  /** The audits of all read models, in the order of the read models: progress, findings, open differences. */
  readonly audits: () => Promise<readonly AuditRecord[]>
  /**
   * Requests that read models are audited at once.
   * @param names of all read models, when left out
   * @param options.all whether all of their documents are audited, not a sample
   * @returns the names of those that are audited; undefined where there is no read model of one of these names
   */
  readonly audit: (
    names: readonly string[] | undefined,
    options: { readonly all: boolean },
  ) => Promise<readonly string[] | undefined>
  /** The latest dead letters, newest first: at most 1,000 of read models and sagas, and 500 of each job store. */
  readonly deadLetters: () => Promise<readonly DeadLetter[]>
  /** The numbers of all dead letters. */
  readonly deadLetterCounts: () => Promise<readonly DeadLetterCount[]>
  readonly retryDeadLetter: (id: string) => Promise<boolean>
}
