import type { RecordedEvent } from '#kernel'
import type { Slice } from '../platform/storage/event-log/port.ts'

/** Number of positions before the events in memory whose times are known. */
const mostMarks = 50

/**
 * The newest events of a log, without gaps, in memory.
 * @param start the position they begin after
 * @param most the number of events kept at least; at most twice as many
 * @param startedAt the present time, ISO 8601 in UTC: no event up to `start` is newer
 */
export const recentEvents = (start: bigint, most: number, startedAt: string) => {
  let events: RecordedEvent[] = []
  /** Events up to these positions are no longer in memory, and were recorded at these times or before, oldest first. */
  let marks: readonly { readonly position: bigint; readonly at: string }[] = [
    { position: start, at: startedAt },
  ]
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
      const last = events[dropped - 1]!
      from = last.position
      marks = [...marks.slice(1 - mostMarks), { position: from, at: last.at }]
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
    /**
     * The time at which the first event of these types after a position was recorded, ISO 8601 in UTC; undefined where there
     * is none. Where it may be one that is no longer in memory: the latest time at which that was recorded.
     */
    pendingSince: (position: bigint, types: ReadonlySet<string>): string | undefined => {
      if (position < from) return marks.find((mark) => mark.position > position)?.at
      for (let index = firstAfter(position); index < events.length; index += 1) {
        const event = events[index]!
        if (types.has(event.type)) return event.at
      }
      return undefined
    },
    /** Replaces each event. */
    replace: (by: (event: RecordedEvent) => RecordedEvent): void => {
      events = events.map(by)
    },
  }
}

export type RecentEvents = ReturnType<typeof recentEvents>
