import type { Metadata, Original, RecordedEvent } from '#kernel'

/** Where a stream must stand for an append to be taken: at a revision, without events, with some, or anywhere. */
export type ExpectedRevision = number | 'none' | 'exists' | 'any'

/** An event on its way into the log. */
export type NewEvent = {
  /** A UUID. The same ids, appended again at the same place, mean the same append. */
  readonly eventId: string
  readonly type: string
  readonly data: unknown
  readonly metadata: Metadata
  /** What another program wrote, to be given back byte for byte; readers of the log use `data` and `metadata`. */
  readonly original?: Original
  /** When it was recorded first, ISO 8601, for one that is copied from another log. Default: now. */
  readonly at?: string
}

/** Where the last event of an append was put. */
export type Appended = {
  readonly revision: number
  readonly position: bigint
  /** These very events had been recorded before: what is there is the first append's data. */
  readonly before?: true
}

/** Events for the end of one stream; none in a check of where a stream is, which is a part of `appendTogether` only. */
export type Append = {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly NewEvent[]
}

/**
 * What came of one append among several: where its events were put, or the error that `append` would have thrown
 * (`Conflict`, `EventRefused`, or what the engine said).
 */
export type AppendOutcome = Appended | Error

/** What came of appends that were to be recorded together. */
export type TogetherOutcome =
  | {
      readonly recorded: true
      /** One an append. Those with `before` had been recorded earlier. */
      readonly appended: readonly Appended[]
    }
  | {
      /** Nothing of the group was recorded. */
      readonly recorded: false
      /** One an append; undefined where that append alone would have been taken. */
      readonly conflicts: readonly (Conflict | undefined)[]
    }

export type Direction = 'forwards' | 'backwards'

/** A part of one stream. */
export type StreamRange = {
  /** The first revision wanted. Default: 0, or the last one backwards. */
  readonly from?: number
  /** At most so many events. Default 1,000. */
  readonly limit?: number
  readonly direction?: Direction
}

/** Events of these categories and types; of all, where nothing is named. */
export type Filter = {
  readonly categories?: readonly string[]
  readonly types?: readonly string[]
}

/** A part of the whole log, in the order of positions. */
export type LogRange = Filter & {
  /** Events behind this position, 0n for all; backwards: before it. Default: from the start, or from the head backwards. */
  readonly after?: bigint
  /** At most so many events. Default 1,000. */
  readonly limit?: number
  readonly direction?: Direction
}

/** Events in the order of the log, and how far the log has been looked through to find them. */
export type Slice = {
  readonly events: readonly RecordedEvent[]
  /** No event up to here is missing, whether the filter let any through or not. */
  readonly position: bigint
  /** Whether that was the end of the log at the time. */
  readonly caughtUp: boolean
}

/** A stream, as a list shows it. */
export type StreamSummary = {
  readonly stream: string
  readonly category: string
  readonly events: number
  readonly startedAt: string
  /** Where its first event is. */
  readonly position: bigint
}

/** A category of streams, as a list shows it. */
export type CategorySummary = {
  readonly category: string
  readonly streams: number
  readonly events: number
}

/**
 * The one source of truth: streams of events, in one total order.
 * Every adapter keeps the promises that `conformance.ts` tests.
 */
export type EventLog = {
  /**
   * Records events at the end of a stream: all or none, durable when the promise resolves.
   * @throws Conflict when the stream is not where it was expected, and these events are not what follows there
   * @throws EventRefused when an event is too large or does not match its schema; nothing is recorded
   * @throws Unavailable when it is not known whether they were recorded; append the same events again to find out
   */
  readonly append: (
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ) => Promise<Appended>

  /**
   * Records appends to however many streams in the order given: of any two that are recorded, the earlier one has the
   * lower position. Each is judged on its own, after those before it; a refused one does not stop those behind it.
   * @param appends each with at least one event
   * @returns one outcome an append
   * @throws Unavailable when it is not known which were recorded: a first part of them may have been. Append the same
   *   again, in the same order, to find out
   */
  readonly appendInOrder: (appends: readonly Append[]) => Promise<readonly AppendOutcome[]>

  /**
   * Records appends to however many streams all together or not at all. One that was recorded before counts as taken,
   * and the others are recorded beside it. Undefined where the engine has no transaction over streams (EventStoreDB):
   * append one after another there.
   * @param appends those to one stream follow each other; one without events checks that its stream is where it is
   *   expected, and its outcome says where that is
   * @throws EventRefused when an event is too large or does not match its schema; nothing is recorded
   * @throws Unavailable when it is not known whether they were recorded; append the same again to find out
   */
  readonly appendTogether?: (appends: readonly Append[]) => Promise<TogetherOutcome>

  /** A page of one stream; empty when there is no such stream. */
  readonly read: (stream: string, range?: StreamRange) => Promise<readonly RecordedEvent[]>

  /** A page of the whole log. */
  readonly readAll: (range?: LogRange) => Promise<Slice>

  /** The position of the last event; 0n when there is none. */
  readonly head: () => Promise<bigint>

  /**
   * Follows the log from a position on, for ever: what is there already, then what comes. Ends with the signal only;
   * when the log is away it waits with growing pauses and goes on where it was.
   */
  readonly subscribe: (
    after: bigint,
    options?: Filter & {
      readonly signal?: AbortSignal
      /** At most so many events a slice. Default 1,000. */
      readonly limit?: number
      /** Told of every failure it recovers from. */
      readonly onError?: (error: unknown) => void
    },
  ) => AsyncIterable<Slice>

  /** Every category, by name. */
  readonly categories: () => Promise<readonly CategorySummary[]>

  /** A page of the streams of a category (or of all), oldest first. */
  readonly streams: (range?: {
    readonly category?: string
    readonly after?: bigint
    readonly limit?: number
  }) => Promise<readonly StreamSummary[]>

  /**
   * What finds events by time where times do not follow positions; a log without it is read through for that. Moments
   * are ISO 8601 in UTC, with ms.
   */
  readonly byTime?: {
    /** The first event before a position that was recorded at a moment or later. */
    readonly firstSince: (moment: string, before: bigint) => Promise<bigint | undefined>
    /** The last event from a position on that was recorded by a moment. */
    readonly lastUntil: (moment: string, since: bigint) => Promise<bigint | undefined>
  }

  /** Whether positions count events, each one greater than the last; otherwise they only grow. */
  readonly dense?: true

  readonly close: () => Promise<void>
}

/** The stream is not where the append expected it. */
export class Conflict extends Error {
  override name = 'Conflict'
  /** Where it is; -1 when it has no events. */
  readonly revision: number
  constructor(stream: string, expected: ExpectedRevision, revision: number) {
    const at = revision < 0 ? 'has no events' : `is at revision ${revision}`
    super(`${stream} ${at}, which is not what was expected (${expected})`)
    this.revision = revision
  }
}

/** An event that the log does not take. */
export class EventRefused extends Error {
  override name = 'EventRefused'
  readonly type: string
  constructor(type: string, why: string) {
    super(why)
    this.type = type
  }
}

/** The most that one event may weigh, in bytes of its JSON data. */
export const maxEventBytes = 1024 * 1024
