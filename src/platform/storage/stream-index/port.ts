import type { RecordedEvent } from '#kernel'
import type { CategorySummary, StreamSummary } from '../event-log/port.ts'

/** What of a slice of the log is counted. */
export type Counted = {
  readonly events: readonly Pick<RecordedEvent, 'stream' | 'position' | 'at'>[]
  /** No event up to here is missing. */
  readonly position: bigint
}

/** Which streams there are, and how long they are: stored beside a log that cannot list them itself. */
export type StreamIndex = {
  /** Up to where events have been counted; 0n at the beginning. */
  readonly position: () => Promise<bigint>
  /**
   * Counts the events of a slice and moves on to its end, once: of many who bring the same slice, one is heard.
   * @param from where the slice begins
   * @returns false when the index is elsewhere; nothing is counted then
   */
  readonly add: (from: bigint, slice: Counted) => Promise<boolean>
  /** Every category, by name. */
  readonly categories: () => Promise<readonly CategorySummary[]>
  /** A page of the streams of a category (or of all), oldest first. */
  readonly streams: (range?: {
    readonly category?: string
    readonly after?: bigint
    readonly limit?: number
  }) => Promise<readonly StreamSummary[]>
  /** Forgets everything: for another log. */
  readonly clear: () => Promise<void>
}

/** So many streams a page, unless asked otherwise. */
export const streamsPerPage = 100
