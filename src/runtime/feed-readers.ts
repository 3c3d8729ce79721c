import { setImmediate as turn } from 'node:timers/promises'
import type { RecordedEvent } from '#kernel'
import type { EventLog, KeyRange, Slice } from '../platform/storage/event-log/port.ts'
import type { Bell } from '../platform/bell.ts'
import type { RecentEvents } from './recent-events.ts'

/** A slice from the feed. */
export type FeedSlice = Slice & {
  /** Whether events of types that the reader does not name were left out. */
  readonly isFiltered: boolean
}

/** Which events a reader is woken for: all, when it names no types. */
export type Reads = {
  readonly types?: readonly string[]
  /** `false` leaves out archived events. */
  readonly archived?: false
  /** A reader that lags behind reads only these events, where the log can select them. */
  readonly among?: KeyRange
  /** Wakes the reader for further events: those for which this returns anything but undefined. */
  readonly also?: (event: RecordedEvent) => unknown
  /** Called, while the feed adds a slice, when the reader has something to read and had nothing before. */
  readonly onPending?: () => void
}

export type NextOptions = {
  readonly signal: AbortSignal
  /** At most so many events. Default 1,000. */
  readonly limit?: number
  /** How long to wait, in ms; the slice is empty afterwards. */
  readonly patience?: number
  /**
   * The position at which the caller stops reading: once all events up to there have been passed, an empty slice is
   * returned. Where the feed ends before that position, the call waits for the feed.
   */
  readonly until?: bigint
}

/** A place in the log from which one follower reads on. The feed moves it past events that the follower does not read. */
export type FeedReader = {
  /** All events that are read up to here have been passed. */
  readonly position: () => bigint
  /** Whether there is an event to read, or may be one as what comes next is no longer in memory. */
  readonly isPending: () => boolean
  /**
   * What comes after the position; waits for an event to read. The slice holds the other events as well, unless it was
   * filtered. The position stays where it is.
   * @throws the signal's reason, or what reading the log failed with
   */
  readonly next: (options: NextOptions) => Promise<FeedSlice>
  /** The same at once; undefined when there is nothing to read, or it is no longer in memory. */
  readonly peek: (limit?: number) => FeedSlice | undefined
  /** Moves the position, forwards or backwards. */
  readonly moveTo: (position: bigint) => void
  /** Ends the reader; its position stays as it is. */
  readonly close: () => void
}

/** When a log that seems to lack events before the feed's end is read again, in ms. */
const rereadAfter = 5_000

type Listening = {
  readonly isAfter: (position: bigint) => boolean
  readonly notify: (before: bigint) => void
}

/**
 * The readers of a feed, by the event types that they read.
 * @param log read by readers that lag behind what is in memory
 * @param news rings after each slice
 */
export const feedReaders = (
  recent: RecentEvents,
  log: Pick<EventLog, 'readAll'>,
  news: Pick<Bell, 'listen'>,
) => {
  const byType = new Map<string, Set<Listening>>()
  const byTest = new Map<(event: RecordedEvent) => unknown, Set<Listening>>()
  const ofAll = new Set<Listening>()

  const add = <Key>(index: Map<Key, Set<Listening>>, key: Key, reader: Listening): void => {
    const others = index.get(key)
    if (others) others.add(reader)
    else index.set(key, new Set([reader]))
  }
  const remove = <Key>(index: Map<Key, Set<Listening>>, key: Key, reader: Listening): void => {
    const others = index.get(key)
    others?.delete(reader)
    if (others?.size === 0) index.delete(key)
  }

  /** Wakes the readers of events that were just added. @param before the end of the feed before them */
  const notify = (events: readonly RecordedEvent[], before: bigint): void => {
    const concerned = new Set(ofAll)
    const collect = (readers: Iterable<Listening> | undefined, { position }: RecordedEvent) => {
      for (const reader of readers ?? []) if (!reader.isAfter(position)) concerned.add(reader)
    }
    for (const event of events) {
      collect(byType.get(event.type), event)
      for (const [test, readers] of byTest) if (test(event) !== undefined) collect(readers, event)
    }
    for (const reader of concerned) reader.notify(before)
  }

  const open = (
    start: bigint,
    { types, archived, among, also, onPending }: Reads = {},
  ): FeedReader => {
    const named = types && new Set(types)
    const isRead = (event: RecordedEvent): boolean =>
      !named || named.has(event.type) || (also !== undefined && also(event) !== undefined)
    const isAnyAfter = (position: bigint): boolean =>
      position < recent.from() ||
      (position < recent.to() && (!named || recent.some(position, isRead)))

    let at = start
    let isPending = isAnyAfter(at)
    let isClosed = false
    let wake: (() => void) | undefined

    const listening: Listening = {
      isAfter: (position) => at >= position,
      notify: (before) => {
        if (!isPending && at < recent.to()) {
          if (before > at) at = before
          isPending = true
          onPending?.()
        }
        wake?.()
      },
    }
    if (!named) ofAll.add(listening)
    for (const type of named ?? []) add(byType, type, listening)
    if (named && also) add(byTest, also, listening)

    const position = (): bigint => (isPending || isClosed || at > recent.to() ? at : recent.to())
    const moveTo = (to: bigint): void => {
      at = to
      isPending = isAnyAfter(at)
    }
    const peek = (limit = 1_000): FeedSlice | undefined =>
      isPending && at >= recent.from()
        ? { ...recent.after(at, limit), isFiltered: false }
        : undefined

    /** Resolves when there is something to read, after some ms, or with the signal. */
    const pending = async (patience: number, signal: AbortSignal): Promise<void> => {
      const woken = Promise.withResolvers<void>()
      const over = () => woken.resolve()
      const timer = patience === Infinity ? undefined : setTimeout(over, patience)
      signal.addEventListener('abort', over)
      wake = over
      await woken.promise
      wake = undefined
      // Removed again: a signal may outlive thousands of waits.
      signal.removeEventListener('abort', over)
      clearTimeout(timer)
    }

    return {
      position,
      isPending: () => isPending,
      peek,
      moveTo,
      next: async ({ signal, limit = 1_000, patience = Infinity, until }) => {
        const deadline = performance.now() + patience
        for (;;) {
          signal.throwIfAborted()
          const wait = news.listen()
          const isLagging = isPending && at < recent.from()
          if (isLagging) {
            const slice = await log.readAll({
              after: at,
              limit,
              ...(types && { types }),
              ...(archived === false && { archived }),
              ...(among && { among }),
            })
            if (slice.position > at) return { ...slice, isFiltered: types !== undefined }
          } else {
            const slice = peek(limit)
            if (slice) return slice
          }
          const left = deadline - performance.now()
          const isReached = until !== undefined && position() >= until
          if (isReached || left <= 0) {
            // A caller that loops without progress must not block timers and sockets.
            if (position() === at) await turn()
            return { events: [], position: position(), caughtUp: true, isFiltered: false }
          }
          // Any event may move the position to `until`, also one that the reader does not read.
          if (isLagging || until !== undefined) await wait(Math.min(left, rereadAfter), signal)
          else await pending(left, signal)
        }
      },
      close: () => {
        at = position()
        isClosed = true
        ofAll.delete(listening)
        for (const type of named ?? []) remove(byType, type, listening)
        if (named && also) remove(byTest, also, listening)
      },
    }
  }

  return { open, notify }
}
