import { backOff } from '../platform/back-off.ts'
import type { Slice } from '../platform/storage/event-log/port.ts'

/** Reads the log onwards from a position: the feed of a process, as its followers without a lease use it. */
export type SliceSource = {
  /** Returns the events after a position; waits until there is one. @throws the signal's reason */
  readonly next: (
    after: bigint,
    options: { readonly signal: AbortSignal; readonly types?: readonly string[] },
  ) => Promise<Slice>
}

/**
 * Follows the feed for what a process holds in memory only, in every process: no lease, no checkpoint. `followLog` is the
 * follower that has both. The feed wakes it; the next slice is read once the last one is processed, so that events wait
 * in the log for a slow follower. After a failure of the feed or of `take` the same slice is read again, after a pause.
 * @param after the position to begin after
 * @param options.types the event types that wake it; a slice may hold others as well. All events when left out
 * @param options.take processes a slice
 * @param options.onError called with every failure
 * @returns when the signal is aborted
 */
export const followFeed = async (
  feed: SliceSource,
  after: bigint,
  {
    types,
    signal,
    take,
    onError,
  }: {
    readonly types?: readonly string[] | undefined
    readonly signal: AbortSignal
    readonly take: (slice: Slice) => Promise<void> | void
    readonly onError: (error: unknown) => void
  },
): Promise<void> => {
  const pauses = backOff()
  let position = after
  while (!signal.aborted)
    try {
      const slice = await feed.next(position, { signal, ...(types && { types }) })
      await take(slice)
      ;({ position } = slice)
      pauses.reset()
    } catch (error) {
      if (signal.aborted) return
      onError(error)
      await pauses.wait(signal)
    }
}
