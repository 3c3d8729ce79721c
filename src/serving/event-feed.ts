import type { Slice } from '../platform/storage/event-log/port.ts'

/** The log, as followers in this process read it. */
export type EventFeed = {
  /** Returns the events after a position; waits until there is one. @throws the signal's reason */
  readonly next: (
    after: bigint,
    options: { readonly signal: AbortSignal; readonly types?: readonly string[] },
  ) => Promise<Slice>
  /** The head of the log, as far as this process has read it. */
  readonly head: () => bigint
}
