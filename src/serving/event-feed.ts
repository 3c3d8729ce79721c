import type { SliceSource } from '../runtime/follow-feed.ts'

/** The log, as followers in this process read it. */
export type EventFeed = SliceSource & {
  /** The head of the log, as far as this process has read it. */
  readonly head: () => bigint
}

/** The newest events, by type, as far as this process has read the log. */
export type NewestEvents = {
  /** Returns the position of the last event of these types; at least the head of the log at the start of this process. */
  readonly newest: (types: readonly string[]) => bigint
}
