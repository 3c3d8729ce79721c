import type { RecordedEvent } from '#kernel'
import {
  Conflict,
  type EventLog,
  type ExpectedRevision,
  type NewEvent,
} from '../platform/event-log/port.ts'
import type { RecordInOrder } from './whole-log.ts'

/** One append holds at most so many events, and so many bytes, unless one event alone is larger (EventStoreDB takes 1 MiB). */
const most = { events: 500, bytes: 512 * 1024 }

const bytesOf = ({ data, metadata, original }: RecordedEvent): number =>
  (original?.data?.length ?? 0) +
  Buffer.byteLength(JSON.stringify(data)) +
  Buffer.byteLength(JSON.stringify(metadata))

/** Neighbours of one stream, together as far as one append may hold them. */
const runsOf = (events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] => {
  const runs: RecordedEvent[][] = []
  let bytes = 0
  for (const event of events) {
    const run = runs.at(-1)
    const size = bytesOf(event)
    const fits =
      run?.[0]?.stream === event.stream && run.length < most.events && bytes + size <= most.bytes
    if (run && fits) run.push(event)
    else runs.push([event])
    bytes = fits ? bytes + size : size
  }
  return runs
}

const againOf = ({ eventId, type, data, metadata, original, at }: RecordedEvent): NewEvent => ({
  eventId,
  type,
  data,
  metadata,
  ...(original && { original }),
  at,
})

/**
 * Records copies by way of a log's own `append`: one append after the other, since two at once might be recorded in
 * either order.
 */
export const recordInRuns =
  ({ append }: Pick<EventLog, 'append'>): RecordInOrder =>
  async (events, after) => {
    let position = after
    for (const run of runsOf(events)) {
      const [first] = run
      if (!first) continue
      const { stream, revision } = first
      const expected: ExpectedRevision = revision === 0 ? 'none' : revision - 1
      try {
        ;({ position } = await append(stream, expected, run.map(againOf)))
      } catch (error) {
        if (error instanceof Conflict) return undefined
        throw error
      }
    }
    return position
  }
