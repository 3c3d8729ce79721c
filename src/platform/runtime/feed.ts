import { setTimeout as pause } from 'node:timers/promises'
import type { RecordedEvent } from '#kernel'
import { bell } from '../event-log/follow.ts'
import type { EventLog, Slice } from '../event-log/port.ts'

/** So many of the newest events are kept for those who follow closely. */
const kept = 4_000

/** After what the log itself does not recover from, it is read on after so many ms. */
const again = 500

/** Lets everyone in this process follow the log, while it is read only once at the head. */
export type Feed = {
  /**
   * What comes after a position; waits until there is something. At the head everyone shares one reader; who lags
   * further behind reads on their own, and may name the event types that matter, so as not to read the others.
   * @param options.patience how long to wait, in ms; then the slice is empty and its position the one asked for
   * @throws the signal's reason, or what reading on one's own failed with
   */
  readonly next: (
    after: bigint,
    options: {
      readonly signal: AbortSignal
      readonly limit?: number
      readonly types?: readonly string[]
      readonly patience?: number
    },
  ) => Promise<Slice>
  /**
   * Whether all that comes after a position is kept here: then `next` gives every event, whatever types were named. A
   * position that is not kept once will not be later.
   */
  readonly keeps: (after: bigint) => boolean
  /** The end of the log, as far as it has been heard of. */
  readonly head: () => bigint
  readonly close: () => Promise<void>
}

/**
 * Starts to follow the log from its present head.
 * @param options.onError told of every failure the reader recovers from
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
  let recent: RecordedEvent[] = []
  /** Nothing between `from` and `to` is missing in `recent`. */
  let from = await log.head()
  let to = from

  const follow = async (): Promise<void> => {
    const options = { signal: stop.signal, ...(onError && { onError }) }
    for await (const { events, position } of log.subscribe(to, options)) {
      recent.push(...events)
      to = position
      if (recent.length > 2 * kept) {
        const dropped = recent.length - kept
        from = recent[dropped - 1]!.position
        recent = recent.slice(dropped)
      }
      news.ring()
    }
  }
  const reading = (async () => {
    while (!stop.signal.aborted)
      try {
        await follow()
      } catch (error) {
        // Reading recovers from outages by itself: this is an event that cannot be brought up to date, say.
        onError?.(error)
        await pause(again, undefined, { signal: stop.signal }).catch(() => undefined)
      }
  })()

  /** The place in `recent` of the first event after a position (binary search). */
  const firstAfter = (position: bigint): number => {
    let low = 0
    let high = recent.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (recent[middle]!.position <= position) low = middle + 1
      else high = middle
    }
    return low
  }

  const fromRecent = (after: bigint, limit: number): Slice => {
    const first = firstAfter(after)
    const events = recent.slice(first, first + limit)
    const caughtUp = first + limit >= recent.length
    return { events, position: caughtUp ? to : events.at(-1)!.position, caughtUp }
  }

  return {
    next: async (after, { signal, limit = 1_000, types, patience = Infinity }) => {
      const until = performance.now() + patience
      for (;;) {
        signal.throwIfAborted()
        const wait = news.listen()
        if (after < from) {
          const slice = await log.readAll({ after, limit, ...(types && { types }) })
          if (slice.position > after) return slice
        } else if (after < to) return fromRecent(after, limit)
        const left = until - performance.now()
        if (left <= 0) return { events: [], position: after, caughtUp: true }
        await wait(Math.min(left, 5_000), signal)
      }
    },
    keeps: (after) => after >= from,
    head: () => to,
    replace: (by) => {
      recent = recent.map(by)
    },
    close: async () => {
      stop.abort()
      await reading
    },
  }
}
