import type { SliceSource } from '../runtime/follow-feed.ts'

/** The log, as followers in this process read it. */
export type EventFeed = SliceSource & {
  /** The head of the log, as far as this process has read it. */
  readonly head: () => bigint
}
