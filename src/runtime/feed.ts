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
const cachedEvents = 4_000

/**
 * The one reader of the log in a process, shared by all followers at the head. A follower is woken only for events that
 * it reads; all others cost it nothing.
 */
export type Feed = {
  /**
   * Opens a reader for a follower.
   * @param after the position to begin after
   */
  readonly read: (after: bigint, reads?: Reads) => FeedReader
  /**
   * Returns the events after a position; waits until there is an event of the named types, or any event when none are
   * named. At the head all followers share one reader; a follower that lags further behind reads the log itself, without
   * the events of other types.
   * @param options.until the position at which the caller stops reading: the slice is empty once all events up to there
   *   have been passed. A loop that reads up to a position names it here, or it could wait for ever: the feed of this process
   *   may end before a position that another process has saved
   * @throws the signal's reason, or the failure of reading the log
   */
  readonly next: (
    after: bigint,
    options: Omit<NextOptions, 'patience'> & Pick<Reads, 'types' | 'archived'>,
  ) => Promise<FeedSlice>
  /** The position up to which this process has read the log. */
  readonly head: () => bigint
  /**
   * The position of the last event of these types that this process has read; at least the head of the log at the start of
   * this process.
   */
  readonly newest: (types: readonly string[]) => bigint
  /**
   * The time at which the first event of these types after a position was recorded, as far as this process has read the log:
   * ISO 8601 in UTC; undefined where there is none. See `recentEvents`.
   */
  readonly pendingSince: (after: bigint, types: ReadonlySet<string>) => string | undefined
  /**
   * Calls back after the head has moved.
   * @param within how long after that, in ms; 0 for at once
   * @returns a function that ends it
   */
  readonly onMoved: (within: number, listener: () => void) => () => void
  readonly close: () => Promise<void>
}

/**
 * Starts to follow the log from its present head.
 * @param options.onError called with every failure the reader recovers from
 * @param options.clock the clock by which events are recorded; default: that of this machine
 */
export const openFeed = async (
  log: EventLog,
  {
    onError,
    clock = () => new Date(),
  }: { readonly onError?: (error: unknown) => void; readonly clock?: () => Date } = {},
): Promise<
  Feed & {
    /** Replaces the cached events, for example after a person was forgotten who is named in them. */
    readonly replace: (by: (event: RecordedEvent) => RecordedEvent) => void
  }
> => {
  const stop = new AbortController()
  const news = bell()
  const moves = feedMoves()
  const start = await log.head()
  const recent = recentEvents(start, cachedEvents, clock().toISOString())
  const newestOf = new Map<string, bigint>()
  const readers = feedReaders(recent, log, news)

  const pauses = backOff()

  const follow = async (): Promise<void> => {
    const options = { signal: stop.signal, ...(onError && { onError }) }
    for await (const slice of log.subscribe(recent.to(), options)) {
      pauses.reset()
      const before = recent.to()
      for (const { type, position } of slice.events) newestOf.set(type, position)
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
        // A subscription recovers from outages by itself: this may be an event that cannot be upcast.
        onError?.(error)
        await pauses.wait(stop.signal)
      }
  })()

  return {
    read: readers.open,
    next: async (after, { types, archived, ...options }) => {
      const reader = readers.open(after, {
        ...(types && { types }),
        ...(archived === false && { archived }),
      })
      try {
        return await reader.next(options)
      } finally {
        reader.close()
      }
    },
    head: recent.to,
    newest: (types) => {
      let newest = start
      for (const type of types) {
        const position = newestOf.get(type)
        if (position !== undefined && position > newest) newest = position
      }
      return newest
    },
    pendingSince: recent.pendingSince,
    onMoved: moves.on,
    replace: recent.replace,
    close: async () => {
      stop.abort()
      await reading
      moves.close()
    },
  }
}
