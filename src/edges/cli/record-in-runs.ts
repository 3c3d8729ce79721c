import { categoryOf, type RecordedEvent } from '#kernel'
import {
  Conflict,
  type Append,
  type EventLog,
  type NewEvent,
} from '../../platform/storage/event-log/port.ts'
import type { RecordInOrder } from './whole-log.ts'

/** Maximum size of an append in events and bytes, unless a single event is larger (EventStoreDB accepts 1 MiB). */
const max = { events: 500, bytes: 512 * 1024 }

const bytesOf = ({ data, metadata, original }: RecordedEvent): number =>
  (original?.data?.length ?? 0) +
  Buffer.byteLength(JSON.stringify(data)) +
  Buffer.byteLength(JSON.stringify(metadata))

/** Adjacent events of one stream, for one append. */
type Run = { readonly events: RecordedEvent[]; bytes: number }

/** Groups adjacent events of one stream into runs, up to the maximum size of an append. */
const runsOf = (events: readonly RecordedEvent[]): readonly Run[] => {
  const runs: Run[] = []
  for (const event of events) {
    const run = runs.at(-1)
    const size = bytesOf(event)
    const fits =
      run?.events[0]!.stream === event.stream &&
      run.events.length < max.events &&
      run.bytes + size <= max.bytes
    if (run && fits) {
      run.events.push(event)
      run.bytes += size
    } else runs.push({ events: [event], bytes: size })
  }
  return runs
}

/** Kind of an event: what a server accepts or rejects by, besides the size. */
const kindOf = ({ stream, type, metadata }: RecordedEvent): string =>
  `${categoryOf(stream)} ${type} ${metadata.schemaVersion}`

/**
 * Groups runs into windows that are sent without waiting in between. Runs that may be rejected are sent alone: those
 * above the maximum size, and the first of each kind. Otherwise later events would be recorded without them, and
 * EventStoreDB cannot insert events in between.
 * @param known the kinds that were accepted before
 */
const windowsOf = (
  runs: readonly Run[],
  known: ReadonlySet<string>,
): readonly (readonly Run[])[] => {
  const windows: Run[][] = []
  const kinds = new Set(known)
  let isOpen = false
  for (const run of runs) {
    const isCertain =
      run.bytes <= max.bytes && run.events.every((event) => kinds.has(kindOf(event)))
    if (isCertain && isOpen) windows.at(-1)!.push(run)
    else windows.push([run])
    isOpen = isCertain
    for (const event of run.events) kinds.add(kindOf(event))
  }
  return windows
}

const gapMessage =
  'later events were recorded without it, so this copy cannot be continued: copy to an empty log instead'

const newEventOf = ({ eventId, type, data, metadata, original, at }: RecordedEvent): NewEvent => ({
  eventId,
  type,
  data,
  metadata,
  ...(original && { original }),
  at,
})

const appendOf = ({ events }: Run): Append => {
  const { stream, revision } = events[0]!
  return {
    stream,
    expected: revision === 0 ? 'none' : revision - 1,
    events: events.map(newEventOf),
  }
}

/**
 * Records copies by a log's `appendInOrder`, window by window: a window is recorded completely, in order, before the
 * next one is sent. When a run of a window is rejected, later ones may have been recorded: the error says so, and the
 * next copy finds the difference.
 */
export const recordInRuns = ({ appendInOrder }: Pick<EventLog, 'appendInOrder'>): RecordInOrder => {
  const known = new Set<string>()
  return async (events, after) => {
    let position = after
    for (const window of windowsOf(runsOf(events), known)) {
      const outcomes = await appendInOrder(window.map(appendOf))
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome instanceof Conflict) return undefined
        if (outcome instanceof Error) {
          const isGap = outcomes.slice(index + 1).some((later) => !(later instanceof Error))
          throw isGap ? new Error(`${outcome.message}; ${gapMessage}`, { cause: outcome }) : outcome
        }
        if (outcome.position <= position) return undefined
        position = outcome.position
        for (const event of window[index]!.events) known.add(kindOf(event))
      }
    }
    return position
  }
}
