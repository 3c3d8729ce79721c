import type { RecordedEvent } from '#kernel'
import type { Slice } from '../../platform/storage/event-log/port.ts'
import { checkpoint } from './read-answers.ts'

/** A message of a filtered subscription: an event that matches, or an encoded checkpoint. */
type Message = RecordedEvent | Buffer

/**
 * Inserts checkpoints between the events of a filtered subscription: one for every `interval` events considered, whether
 * they match or not, and one when the subscription catches up (EventStoreDB source, `Enumerator.AllSubscriptionFiltered`).
 * @param interval in events
 * @param after position after which the subscription begins
 * @param dense whether positions count events. Otherwise only events that the log returned are counted, and a slice
 *   without any ends with a checkpoint
 */
export const checkpoints = (interval: number, after: bigint, dense: boolean) => {
  const step = BigInt(interval)
  let last = after
  let considered = 0
  const checkpointAt = (position: bigint): Buffer => {
    last = position
    considered = 0
    return checkpoint(position)
  }

  function* counted({ events, position }: Slice): Generator<Message> {
    let index = 0
    for (let next = last - ((last - after) % step) + step; next <= position; next += step) {
      for (; index < events.length && events[index]!.position <= next; index += 1)
        yield events[index]!
      yield checkpointAt(next)
    }
    yield* events.slice(index)
  }

  function* estimated({ events, position }: Slice): Generator<Message> {
    for (const event of events) {
      yield event
      considered += 1
      if (considered >= interval) yield checkpointAt(event.position)
    }
    if (events.length === 0 && position > last) yield checkpointAt(position)
  }

  /** @param catchesUp whether the subscription catches up with this slice */
  return function* (slice: Slice, catchesUp: boolean): Generator<Message> {
    yield* dense ? counted(slice) : estimated(slice)
    if (catchesUp && slice.position > last) yield checkpointAt(slice.position)
  }
}
