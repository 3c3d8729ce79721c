import type { RecordedEvent } from '#kernel'
import type { Slice } from '../../platform/storage/event-log/port.ts'
import { checkpoint } from './read-answers.ts'

/** What a filtered subscription is sent of a slice: events that passed, with checkpoints between them. */
type Message = RecordedEvent | Buffer

/**
 * Puts checkpoints between the events of a filtered subscription: one for every `interval` events considered, whether
 * they passed or not, and one where the log was caught up with (EventStoreDB source, `Enumerator.AllSubscriptionFiltered`).
 * @param interval in events
 * @param after where the subscription begins
 * @param dense whether positions count events. Otherwise only events that the log gave are counted, and a slice without
 *   any ends with a checkpoint
 */
export const checkpoints = (interval: number, after: bigint, dense: boolean) => {
  const step = BigInt(interval)
  let told = after
  let considered = 0
  const tell = (position: bigint): Buffer => {
    told = position
    considered = 0
    return checkpoint(position)
  }

  function* counted({ events, position }: Slice): Generator<Message> {
    let index = 0
    for (let next = told - ((told - after) % step) + step; next <= position; next += step) {
      for (; index < events.length && events[index]!.position <= next; index += 1)
        yield events[index]!
      yield tell(next)
    }
    yield* events.slice(index)
  }

  function* estimated({ events, position }: Slice): Generator<Message> {
    for (const event of events) {
      yield event
      considered += 1
      if (considered >= interval) yield tell(event.position)
    }
    if (events.length === 0 && position > told) yield tell(position)
  }

  /** @param catchesUp whether the subscription goes live with this slice */
  return function* (slice: Slice, catchesUp: boolean): Generator<Message> {
    yield* dense ? counted(slice) : estimated(slice)
    if (catchesUp && slice.position > told) yield tell(slice.position)
  }
}
