import { idOf, type RecordedEvent } from '#kernel'
import type { Append, Appended, Slice } from './port.ts'

/** Limit of the events in the tail. */
const most = 4_000

/**
 * The newest events of the log that this process appended itself: followers at the head get them from memory instead of
 * reading them back. Positions are dense, so that a missing event is detected.
 */
export const tail = () => {
  const events = new Map<bigint, RecordedEvent>()
  /** The greatest known position, recorded by any process. */
  let head = 0n

  return {
    /** Adds events that were just recorded. @param at their time, ISO 8601 */
    add: (
      { stream, events: appended }: Append,
      { revision, position }: Appended,
      at: string,
    ): void => {
      const last = appended.length - 1
      for (const [index, event] of appended.entries())
        events.set(position - BigInt(last - index), {
          ...event,
          stream,
          id: idOf(stream),
          revision: revision - last + index,
          position: position - BigInt(last - index),
          at: event.at ?? at,
        })
      if (position > head) head = position
    },
    /** Records that some process has appended up to a position. */
    reached: (position: bigint): void => {
      if (position > head) head = position
    },
    /** The events that follow a position without a gap; undefined if there are none. */
    after: (position: bigint, limit: number): Slice | undefined => {
      const found: RecordedEvent[] = []
      for (let event; found.length < limit; found.push(event)) {
        event = events.get(position + BigInt(found.length) + 1n)
        if (!event) break
      }
      const last = found.at(-1)
      return last && { events: found, position: last.position, caughtUp: last.position >= head }
    },
    /** Evicts the oldest events beyond the limit; to be called regularly. */
    trim: (): void => {
      if (events.size <= 2 * most) return
      for (const position of events.keys()) {
        if (events.size <= most) return
        events.delete(position)
      }
    },
  }
}
