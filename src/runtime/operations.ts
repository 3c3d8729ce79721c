import type { AnyProjection, RecordedEvent, Store } from '#kernel'
import type { SagaMoveReport, SagaPreview, SagaWait } from './saga-reports.ts'
import type { GroupKey, GroupSummary } from '../platform/messaging/consumer-groups/port.ts'
import type { Gate, RebuildReport } from '../platform/storage/documents/port.ts'
import type { AuditRecord } from '../platform/storage/audits/port.ts'

export type { SagaMoveReport, SagaPreview, SagaWait }

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
  /** Promised maximum of the lag, in ms. */
  readonly within: number
  /** Number of parked documents. */
  readonly parked: number
  /** Progress of the generation that is built beside the live one. */
  readonly rebuild?: {
    /** Events folded so far, of `total`. */
    readonly progress: number
    readonly total: number
    /** Seconds. */
    readonly etaSeconds?: number
    /** Number of the generation that is built, where it has a gate. */
    readonly generation?: number
    readonly gate?: Gate
    /** Of one with a gate: `waiting` for an operator, level with the live one; `switching` as requested. */
    readonly state?: 'building' | 'comparing' | 'waiting' | 'switching'
    /** Of the last comparison. */
    readonly report?: RebuildReport
  }
  /** Numbers of documents that were the same and that differed between the live generation and the one before it. */
  readonly comparison?: {
    readonly same: number
    readonly different: number
    readonly onlyOld: number
    readonly onlyNew: number
  }
  /** What that comparison found, where the live generation was built with a gate. */
  readonly report?: RebuildReport
}

/** State of a run, for operators. */
export type SagaState = 'running' | 'ended' | 'parked'

/** How far a read model is behind the log. */
export type ProjectionLag = Pick<ProjectionStatus, 'name' | 'lagEvents' | 'lagSeconds' | 'within'>

/** How far the publisher to a broker is behind the log. */
export type BridgeStatus = {
  /** Name of the broker. */
  readonly name: string
  /** Position up to which the broker has confirmed the published events; streams that are parked excepted. */
  readonly position: bigint
  /** Head of the log. */
  readonly head: bigint
  readonly lagEvents: number
  readonly lagSeconds: number
  /** Number of parked streams. */
  readonly parked: number
}

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

/** One run of a saga, move by move. */
export type SagaDetails = SagaSummary & {
  readonly moves: readonly SagaMoveReport[]
  /** What it waits for now; nothing once it has ended. */
  readonly waits: readonly SagaWait[]
}

/** A document, a run or a job whose attempts are used up; it waits for an operator. */
export type DeadLetter = {
  readonly id: string
  readonly kind: 'projection' | 'saga' | 'job' | 'bridge'
  /** Name of the projection, the saga, the queue or the broker. */
  readonly name: string
  /** Key of the document or of the run, id of the job, or name of the published stream. */
  readonly key: string
  readonly position?: bigint
  /** Type of the event that failed. */
  readonly type?: string
  readonly error: string
  readonly attempts: number
  /** Time of the last failure, ISO 8601 in UTC. */
  readonly at: string
}

/** What an operator needs to judge a dead letter besides the error. Nothing is masked. */
export type LetterCircumstances = {
  /** The event that failed; absent for jobs and for requests of operators. */
  readonly event?: RecordedEvent
  /** The document as it was before that event; absent for other letters than those of documents. */
  readonly document?: {
    readonly schema: AnyProjection['document']
    /** Undefined where there was none. */
    readonly value: unknown
  }
}

/** Number of the dead letters of a read model, saga or job, where there are some. */
export type DeadLetterCount = Pick<DeadLetter, 'kind' | 'name'> & { readonly count: number }

/** Queries and actions of operators. An action returns `false` when there is nothing by that name or id. */
export type Operations = {
  readonly projections: () => Promise<readonly ProjectionStatus[]>
  /** How far each read model is behind, with two queries while none is. */
  readonly lags: () => Promise<readonly ProjectionLag[]>
  /** How far the publishers to the configured brokers are behind the log. */
  readonly bridges: () => Promise<readonly BridgeStatus[]>
  /** The groups of consumers, as they are stored; the names of streams of people are masked, and groups with the same names then are one. */
  readonly consumerGroups: () => Promise<readonly GroupSummary[]>
  /**
   * Requests that the first parked messages of a group are delivered again.
   * @param key of the group, as `consumerGroups` names it
   * @param limit maximum number of messages; undefined for all
   * @returns the number of those messages; undefined where there is no such group
   */
  readonly replayParked: (key: GroupKey, limit?: number) => Promise<number | undefined>
  /**
   * Builds a new generation beside the live one and switches to it when it has caught up. Where one without a gate is built
   * already, it is shared.
   * @returns `building` where one with a gate is built; undefined where there is no such read model
   */
  readonly rebuild: (name: string) => Promise<'begun' | 'building' | undefined>
  /**
   * Builds a new generation beside the live one, compares them in detail, and switches to it if the gate opens; otherwise it
   * waits, level with the live one.
   * @returns `building` where one is built already; undefined where there is no such read model
   */
  readonly rebuildWithGate: (name: string, gate: Gate) => Promise<'begun' | 'building' | undefined>
  /**
   * Requests that the generation that is being built is published at once, that it is compared again, or dropped.
   * @returns `none` where none is built, or none with a gate to compare; undefined where there is no such read model
   */
  readonly steerRebuild: (
    name: string,
    verb: 'switch' | 'compare' | 'discard',
  ) => Promise<'accepted' | 'none' | undefined>
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
  readonly saga: (id: string) => Promise<readonly SagaDetails[]>
  /** What a retry of the parked runs with the key `id` would send, one for each; nothing is written. */
  readonly previewRetry: (id: string) => Promise<readonly SagaPreview[]>
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
  /** One dead letter of a read model or saga, with its circumstances; of a job without any. */
  readonly deadLetter: (id: string) => Promise<(DeadLetter & LetterCircumstances) | undefined>
  /** The numbers of all dead letters. */
  readonly deadLetterCounts: () => Promise<readonly DeadLetterCount[]>
  readonly retryDeadLetter: (id: string) => Promise<boolean>
  /**
   * Requests that the event of a published stream that its broker refused is left out, and what waits behind it is published.
   * @param position that of the refused event
   * @returns `moved` when the letter is at another position by now; undefined when there is no such dead letter, or it is not
   *   one of a bridge
   */
  readonly skipDeadLetter: (
    id: string,
    position: bigint,
  ) => Promise<'requested' | 'moved' | undefined>
}
