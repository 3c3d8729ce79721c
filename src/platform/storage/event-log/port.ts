import type { KeyIn, Metadata, Original, RecordedEvent } from '#kernel'

/** Revision that a stream must have for an append: a certain one, none (no events), some (`exists`), or any. */
export type ExpectedRevision = number | 'none' | 'exists' | 'any'

/** An event to append. */
export type NewEvent = {
  /** A UUID. An append of the same ids at the same revision is a repetition. */
  readonly eventId: string
  readonly type: string
  readonly data: unknown
  readonly metadata: Metadata
  /** Original bytes of another program's event, for clients of EventStoreDB; readers of the log use `data` and `metadata`. */
  readonly original?: Original
  /** When a copied event was first recorded, ISO 8601. Default: now. */
  readonly at?: string
}

/** Place of the last event of an append. */
export type Appended = {
  readonly revision: number
  readonly position: bigint
  /** The append is a repetition: the log has the data of the first one. */
  readonly before?: true
}

/** Events for the end of one stream. Without events it is a check of the revision, for `appendTogether` only. */
export type Append = {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly NewEvent[]
}

/**
 * Outcome of one append among several: the place of its events, or the error that `append` would have thrown (`Conflict`,
 * `EventRefused`, or an error of the engine).
 */
export type AppendOutcome = Appended | Error

/** Outcome of appends that are recorded together. */
export type TogetherOutcome =
  | {
      readonly recorded: true
      /** One for each append. Those with `before` had been recorded earlier. */
      readonly appended: readonly Appended[]
    }
  | {
      /** Nothing of the group was recorded. */
      readonly recorded: false
      /** One for each append; undefined for an append that by itself would have been recorded. */
      readonly conflicts: readonly (Conflict | undefined)[]
    }

/** Order of a read. */
export type Direction = 'forwards' | 'backwards'

/** Range of one stream. */
export type StreamRange = {
  /** First revision. Default: 0; backwards: the last one. */
  readonly from?: number
  /** Limit of events. Default 1,000. */
  readonly limit?: number
  readonly direction?: Direction
}

/** Categories and types of events; undefined for all. Archived events are read like others. */
export type Filter = {
  readonly categories?: readonly string[]
  readonly types?: readonly string[]
  /** `false` leaves out archived events. */
  readonly archived?: false
}

/** The events of some documents: those whose keys' hashes are in one of equal ranges (`key-hash.ts`). */
export type KeyRange = KeyIn & { readonly part: number; readonly of: number }

/** Range of the whole log, in the order of positions. */
export type LogRange = Filter & {
  /** Events after this position, 0n for all; backwards: before it. Default: from the start; backwards: from the head. */
  readonly after?: bigint
  /** Limit of events. Default 1,000. */
  readonly limit?: number
  readonly direction?: Direction
  /** Leaves out events of other documents, to save reading them. Only where the log can: the caller has to look again. */
  readonly among?: KeyRange
}

/** Events in the order of the log, with the position up to which the log was read. */
export type Slice = {
  readonly events: readonly RecordedEvent[]
  /** Position up to which no event is missing, whether any passed the filter or not. */
  readonly position: bigint
  /** Whether that was the head of the log at the time. */
  readonly caughtUp: boolean
}

/** A recorded event without its data. */
export type EventFacts = Omit<RecordedEvent, 'data' | 'original'>

/** Entry of the list of streams. */
export type StreamSummary = {
  readonly stream: string
  readonly category: string
  readonly events: number
  readonly startedAt: string
  /** Position of its first event. */
  readonly position: bigint
}

/** Entry of the list of categories. */
export type CategorySummary = {
  readonly category: string
  readonly streams: number
  readonly events: number
}

/**
 * The event log, the source of truth: streams of events, in one total order.
 * Every adapter passes the conformance suite in `conformance.ts`.
 */
export type EventLog = {
  /**
   * Appends events to a stream: all or none, durable when the promise resolves.
   * @throws Conflict when the revision of the stream differs from the expected one, and the append is no repetition
   * @throws EventRefused when an event is too large or does not match its schema; nothing is recorded
   * @throws Unavailable when it is unknown whether they were recorded; repeat the append to find out
   */
  readonly append: (
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ) => Promise<Appended>

  /**
   * Appends to several streams in the given order: of any two recorded appends, the earlier one has the lower position. Each is
   * accepted or refused on its own, after those before it; a refused one does not stop later ones.
   * @param appends each with at least one event
   * @returns one outcome for each append
   * @throws Unavailable when it is unknown which were recorded: a first part of them may have been. Repeat the appends in the
   *   same order to find out
   */
  readonly appendInOrder: (appends: readonly Append[]) => Promise<readonly AppendOutcome[]>

  /**
   * Appends to several streams in one transaction: all or none. An append that was recorded before counts as successful, and the
   * others are recorded. Undefined if the engine has no transaction over streams (EventStoreDB): append one after another then.
   * @param appends those to one stream follow each other; one without events checks the revision of its stream, and its outcome
   *   returns that revision
   * @throws EventRefused when an event is too large or does not match its schema; nothing is recorded
   * @throws Unavailable when it is unknown whether they were recorded; repeat the call to find out
   */
  readonly appendTogether?: (appends: readonly Append[]) => Promise<TogetherOutcome>

  /** Reads a page of one stream; empty for an unknown stream. */
  readonly read: (stream: string, range?: StreamRange) => Promise<readonly RecordedEvent[]>

  /** Reads a page of the whole log. */
  readonly readAll: (range?: LogRange) => Promise<Slice>

  /** Returns the position of the last event; 0n without events. */
  readonly head: () => Promise<bigint>

  /**
   * Follows the log from a position: the recorded events, then new ones. Ends with the signal only; during an outage of the log
   * it retries with a growing backoff, and continues at its position.
   */
  readonly subscribe: (
    after: bigint,
    options?: Filter & {
      readonly signal?: AbortSignal
      /** Limit of events in a slice. Default 1,000. */
      readonly limit?: number
      /** Called with every failure that the subscription recovers from. */
      readonly onError?: (error: unknown) => void
    },
  ) => AsyncIterable<Slice>

  /** Returns every category, by name. */
  readonly categories: () => Promise<readonly CategorySummary[]>

  /** Returns a page of the streams of a category, or of all, oldest first. */
  readonly streams: (range?: {
    readonly category?: string
    readonly after?: bigint
    readonly limit?: number
  }) => Promise<readonly StreamSummary[]>

  /**
   * Index of events by time, as times need not increase with positions; a log without it is scanned. Moments are ISO 8601 in
   * UTC, with ms.
   */
  readonly byTime?: {
    /** Returns the position of the first event before a position that was recorded at a moment or later. */
    readonly firstSince: (moment: string, before: bigint) => Promise<bigint | undefined>
    /** Returns the position of the last event from a position on that was recorded at a moment or earlier. */
    readonly lastUntil: (moment: string, since: bigint) => Promise<bigint | undefined>
  }

  /**
   * Searches a range of the log for what one request led to, without reading the data; a log without it is read.
   * @param range.after position before the range; at most some 100,000 before `until`, as no index helps
   * @param range.until last position of the range
   * @returns the events in the order of the log, at most 1,000
   */
  readonly byCorrelation?: (
    correlationId: string,
    range: { readonly after: bigint; readonly until: bigint },
  ) => Promise<readonly EventFacts[]>

  /** Whether each position is one greater than the last; otherwise positions increase with gaps. */
  readonly dense?: true

  readonly close: () => Promise<void>
}

/** The revision of the stream differs from the one that the append expected. */
export class Conflict extends Error {
  override name = 'Conflict'
  /** The present revision; -1 without events. */
  readonly revision: number
  constructor(stream: string, expected: ExpectedRevision, revision: number) {
    const at = revision < 0 ? 'has no events' : `is at revision ${revision}`
    super(`${stream} ${at}, which is not what was expected (${expected})`)
    this.revision = revision
  }
}

/** An event that the log does not accept. */
export class EventRefused extends Error {
  override name = 'EventRefused'
  readonly type: string
  constructor(type: string, why: string) {
    super(why)
    this.type = type
  }
}

/** Limit of the JSON data of an event, in bytes. */
export const maxEventBytes = 1024 * 1024
