import type { RecordedEvent } from '#kernel'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import type { TextPage } from '../../platform/storage/event-log/text-page.ts'

/** A part of a log. */
export type RawSpan = {
  /** The events behind this position; 0n for all. */
  readonly after: bigint
  /** The position of the last one wanted. */
  readonly last: bigint
}

/** A log as it was recorded: nothing brought up to date, nothing masked. */
export type RawLog = Pick<EventLog, 'head' | 'read' | 'readAll'>

/**
 * Records events at the end of a log in exactly this order, each at the revision it says and under its own time.
 * @param after the position of the log's last event, 0n when it has none
 * @returns the position of the last event then; undefined when they do not follow what is there
 */
export type RecordInOrder = (
  events: readonly RecordedEvent[],
  after: bigint,
) => Promise<bigint | undefined>

/** Events of a log in PostgreSQL as text. */
export type WholeLogTexts = {
  /** A page of a part of the log; undefined when there is none. @param span.most so many events at the most */
  readonly read: (span: RawSpan & { readonly most: number }) => Promise<TextPage | undefined>
  /** Records a page, as `RecordInOrder`. */
  readonly record: (page: TextPage, after: bigint) => Promise<bigint | undefined>
}

/** A log that somebody named, to be copied from or to. */
export type WholeLog = {
  /** What people call it; without a password. */
  readonly named: string
  readonly log: RawLog
  readonly recordInOrder: RecordInOrder
  /** Reads and records text, which need not be parsed to be moved; where both logs can. */
  readonly texts?: WholeLogTexts
  /** Resolves once all that was recorded is on disk; undefined where it always is. */
  readonly settle?: () => Promise<void>
  /** So many events are given to it at a time: as many as it takes well in a moment. */
  readonly atOnce: number
}

/** Opens a log by its name: `postgres://…`, `esdb://…`, or the folder of an embedded PostgreSQL. */
export type OpenWholeLog = (
  name: string,
  options: {
    /** Whether events will be recorded in it: then it is made ready for them. */
    readonly writes: boolean
  },
) => Promise<WholeLog & AsyncDisposable>
