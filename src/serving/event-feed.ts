import type { Slice } from '../platform/storage/event-log/port.ts'

/** Follows the log in this process. */
export type EventFeed = {
  /** The events behind a position; waits until there is one. @throws the signal's reason */
  readonly next: (
    after: bigint,
    options: { readonly signal: AbortSignal; readonly types?: readonly string[] },
  ) => Promise<Slice>
  /** The end of the log, as far as this process knows it. */
  readonly head: () => bigint
}
