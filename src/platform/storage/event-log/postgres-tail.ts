import { idOf, type RecordedEvent } from '#kernel'
import type { Append, Appended, Slice } from './port.ts'

/** So many of the events that this process recorded last are kept. */
const kept = 4_000

/**
 * The newest events of the log, as far as this process recorded them itself: who follows the log closely is given them
 * from memory instead of reading them back. Positions are dense, so that a missing one shows.
 */
export const tail = () => {
  const events = new Map<bigint, RecordedEvent>()
  /** The greatest position that is known to be recorded, by whichever process. */
  let head = 0n

  return {
    /** Keeps what was just recorded. @param at when, ISO 8601 */
    keep: (
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
    /** Some process has recorded up to here. */
    heard: (position: bigint): void => {
      if (position > head) head = position
    },
    /** What follows a position without a gap, if there is anything. */
    after: (position: bigint, limit: number): Slice | undefined => {
      const found: RecordedEvent[] = []
      for (let event; found.length < limit; found.push(event)) {
        event = events.get(position + BigInt(found.length) + 1n)
        if (!event) break
      }
      const last = found.at(-1)
      return last && { events: found, position: last.position, caughtUp: last.position >= head }
    },
    /** Forgets the oldest of what is kept; to be called now and then. */
    trim: (): void => {
      if (events.size <= 2 * kept) return
      for (const position of events.keys()) {
        if (events.size <= kept) return
        events.delete(position)
      }
    },
  }
}
