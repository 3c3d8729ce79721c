import type { RecordedEvent } from '#kernel'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import type { TextPage } from '../../platform/storage/event-log/text-page.ts'

/** Range of a log. */
export type RawSpan = {
  /** Position before the range (exclusive); 0n for all events. */
  readonly after: bigint
  /** Last position of the range (inclusive). */
  readonly last: bigint
}

/** A log as recorded: events are neither upcast nor masked. */
export type RawLog = Pick<EventLog, 'head' | 'read' | 'readAll'>

/**
 * Appends events to a log in exactly this order, each at its own revision and with its own time.
 * @param after position of the log's last event, 0n when it has none
 * @returns the position of the last event afterwards; undefined when the events do not follow the log's last ones
 */
export type RecordInOrder = (
  events: readonly RecordedEvent[],
  after: bigint,
) => Promise<bigint | undefined>

/** Events of a log in PostgreSQL as text. */
export type WholeLogTexts = {
  /** Reads a page of a range; undefined when there is none. @param span.most maximum number of events */
  readonly read: (span: RawSpan & { readonly most: number }) => Promise<TextPage | undefined>
  /** Records a page, as `RecordInOrder`. */
  readonly record: (page: TextPage, after: bigint) => Promise<bigint | undefined>
}

/** A log to copy from or to. */
export type WholeLog = {
  /** Name for messages, without a password. */
  readonly label: string
  readonly log: RawLog
  readonly recordInOrder: RecordInOrder
  /** Reads and records events as text, without parsing; used where both logs support it. */
  readonly texts?: WholeLogTexts
  /** Resolves once all recorded events are on disk; undefined where appends are durable already. */
  readonly flush?: () => Promise<void>
  /** Number of events per batch that the log records efficiently. */
  readonly batchSize: number
}

/** Opens a log by its name: `postgres://…`, `esdb://…`, or the folder of an embedded PostgreSQL. */
export type OpenWholeLog = (
  name: string,
  options: {
    /** Whether events will be recorded: then the log is prepared for writing. */
    readonly writes: boolean
  },
) => Promise<WholeLog & AsyncDisposable>
