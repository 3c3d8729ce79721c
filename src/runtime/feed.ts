import type { RecordedEvent } from '#kernel'
import { backOff } from '../platform/back-off.ts'
import { bell } from '../platform/bell.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { feedMoves } from './feed-moves.ts'
import {
  feedReaders,
  type FeedReader,
  type FeedSlice,
  type NextOptions,
  type Reads,
} from './feed-readers.ts'
import { recentEvents } from './recent-events.ts'

/** The number of newest events cached for followers near the head. */
const kept = 4_000

/**
 * Lets everyone in this process follow the log, while it is read only once at the head. A follower is woken only for
 * events that it reads; all others cost nothing for it.
 */
export type Feed = {
  /**
   * Opens a reader for a follower that reads on and on.
   * @param after the position it begins behind
   */
  readonly read: (after: bigint, reads?: Reads) => FeedReader
  /**
   * What comes after a position; waits until there is an event of the types named, or any event when none are. At the
   * head everyone shares one reader; who lags further behind reads on their own, without the events of other types.
   * @param options.until the position at which the caller stops reading: the slice is empty once all events up to there
   *   have been passed. A loop that reads up to a position gives it here, and so always gets on: the feed of this process
   *   may end before a position that another process has saved
   * @throws the signal's reason, or what reading on one's own failed with
   */
  readonly next: (
    after: bigint,
    options: Omit<NextOptions, 'patience'> & Pick<Reads, 'types'>,
  ) => Promise<FeedSlice>
  /** The end of the log, as far as it has been heard of. */
  readonly head: () => bigint
  /**
   * Calls back after the head has moved.
   * @param within how long after that, in ms; 0 for at once
   * @returns a function that ends it
   */
  readonly onMoved: (within: number, heard: () => void) => () => void
  readonly close: () => Promise<void>
}

/**
 * Starts to follow the log from its present head.
 * @param options.onError called with every failure the reader recovers from
 */
export const openFeed = async (
  log: EventLog,
  { onError }: { readonly onError?: (error: unknown) => void } = {},
): Promise<
  Feed & {
    /** Puts other events in the place of those that are kept: what is said of somebody may have been forgotten. */
    readonly replace: (by: (event: RecordedEvent) => RecordedEvent) => void
  }
> => {
  const stop = new AbortController()
  const news = bell()
  const moves = feedMoves()
  const recent = recentEvents(await log.head(), kept)
  const readers = feedReaders(recent, log, news)

  const pauses = backOff()

  const follow = async (): Promise<void> => {
    const options = { signal: stop.signal, ...(onError && { onError }) }
    for await (const slice of log.subscribe(recent.to(), options)) {
      pauses.reset()
      const before = recent.to()
      recent.add(slice)
      readers.notify(slice.events, before)
      if (slice.position > before) moves.moved()
      news.ring()
    }
  }
  // Not one of the followers: it is their source, and reads the log itself.
  const reading = (async () => {
    while (!stop.signal.aborted)
      try {
        await follow()
      } catch (error) {
        // Reading recovers from outages by itself: this is an event that cannot be brought up to date, say.
        onError?.(error)
        await pauses.wait(stop.signal)
      }
  })()

  return {
    read: readers.open,
    next: async (after, { types, ...options }) => {
      const reader = readers.open(after, types && { types })
      try {
        return await reader.next(options)
      } finally {
        reader.close()
      }
    },
    head: recent.to,
    onMoved: moves.on,
    replace: recent.replace,
    close: async () => {
      stop.abort()
      await reading
      moves.close()
    },
  }
}
