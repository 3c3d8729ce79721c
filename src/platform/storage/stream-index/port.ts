import type { RecordedEvent } from '#kernel'
import type { CategorySummary, StreamSummary } from '../event-log/port.ts'

/** The counted part of a slice of the log. */
export type Counted = {
  readonly events: readonly Pick<RecordedEvent, 'stream' | 'position' | 'at'>[]
  /** Position up to which no event is missing. */
  readonly position: bigint
}

/** Index of the streams and their lengths, stored beside a log that cannot list them itself. */
export type StreamIndex = {
  /** Returns the position up to which events are counted; 0n at the beginning. */
  readonly position: () => Promise<bigint>
  /**
   * Counts the events of a slice and advances to its end; a slice that several processes add is counted once.
   * @param from position before the slice
   * @returns false if the index is at another position; then no event is counted
   */
  readonly add: (from: bigint, slice: Counted) => Promise<boolean>
  /** Returns every category, by name. */
  readonly categories: () => Promise<readonly CategorySummary[]>
  /** Returns a page of the streams of a category, or of all, oldest first. */
  readonly streams: (range?: {
    readonly category?: string
    readonly after?: bigint
    readonly limit?: number
  }) => Promise<readonly StreamSummary[]>
  /** Clears the index, for another log. */
  readonly clear: () => Promise<void>
}

/** Default limit of streams in a page. */
export const streamsPerPage = 100
