import type { RecordedEvent } from '#kernel'
import type { Slice } from '../platform/storage/event-log/port.ts'

/**
 * The newest events of a log, without gaps, in memory.
 * @param start the position they begin after
 * @param most the number of events kept at least; at most twice as many
 */
export const recentEvents = (start: bigint, most: number) => {
  let events: RecordedEvent[] = []
  let from = start
  let to = start

  /** The index of the first event after a position (binary search). */
  const firstAfter = (position: bigint): number => {
    let low = 0
    let high = events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (events[middle]!.position <= position) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    /** No event between `from` and `to` is missing. */
    from: () => from,
    to: () => to,
    add: (slice: Pick<Slice, 'events' | 'position'>): void => {
      events.push(...slice.events)
      to = slice.position
      if (events.length <= 2 * most) return
      const dropped = events.length - most
      from = events[dropped - 1]!.position
      events = events.slice(dropped)
    },
    /** At most `limit` events after a position that is not before `from`. */
    after: (position: bigint, limit: number): Slice => {
      const first = firstAfter(position)
      const found = events.slice(first, first + limit)
      const caughtUp = first + limit >= events.length
      return { events: found, position: caughtUp ? to : found.at(-1)!.position, caughtUp }
    },
    /** Whether an event after a position passes a test. */
    some: (position: bigint, test: (event: RecordedEvent) => boolean): boolean => {
      for (let index = firstAfter(position); index < events.length; index += 1)
        if (test(events[index]!)) return true
      return false
    },
    /** Replaces each event. */
    replace: (by: (event: RecordedEvent) => RecordedEvent): void => {
      events = events.map(by)
    },
  }
}

export type RecentEvents = ReturnType<typeof recentEvents>
