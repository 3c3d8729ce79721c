import { categoryOf, type RecordedEvent } from '#kernel'
import {
  Conflict,
  type Append,
  type EventLog,
  type NewEvent,
} from '../../platform/storage/event-log/port.ts'
import type { RecordInOrder } from './whole-log.ts'

/** One append holds at most so many events, and so many bytes, unless one event alone is larger (EventStoreDB takes 1 MiB). */
const most = { events: 500, bytes: 512 * 1024 }

const bytesOf = ({ data, metadata, original }: RecordedEvent): number =>
  (original?.data?.length ?? 0) +
  Buffer.byteLength(JSON.stringify(data)) +
  Buffer.byteLength(JSON.stringify(metadata))

/** Neighbours of one stream, in one append. */
type Run = { readonly events: RecordedEvent[]; bytes: number }

/** Neighbours of one stream, together as far as one append may hold them. */
const runsOf = (events: readonly RecordedEvent[]): readonly Run[] => {
  const runs: Run[] = []
  for (const event of events) {
    const run = runs.at(-1)
    const size = bytesOf(event)
    const fits =
      run?.events[0]!.stream === event.stream &&
      run.events.length < most.events &&
      run.bytes + size <= most.bytes
    if (run && fits) {
      run.events.push(event)
      run.bytes += size
    } else runs.push({ events: [event], bytes: size })
  }
  return runs
}

/** What servers decide on whether they take an event, beside its size. */
const kindOf = ({ stream, type, metadata }: RecordedEvent): string =>
  `${categoryOf(stream)} ${type} ${metadata.schemaVersion}`

/**
 * Runs that may be sent without waiting in between. Those that may be refused go alone: the ones larger than any server
 * surely takes, and the first of each kind. Otherwise later events would be recorded without them, and EventStoreDB has
 * no way to put them in between.
 * @param known the kinds that were taken before
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
      run.bytes <= most.bytes && run.events.every((event) => kinds.has(kindOf(event)))
    if (isCertain && isOpen) windows.at(-1)!.push(run)
    else windows.push([run])
    isOpen = isCertain
    for (const event of run.events) kinds.add(kindOf(event))
  }
  return windows
}

const withoutIt =
  'later events were recorded without it, so this copy cannot be continued: copy to an empty log instead'

const againOf = ({ eventId, type, data, metadata, original, at }: RecordedEvent): NewEvent => ({
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
    events: events.map(againOf),
  }
}

/**
 * Records copies by way of a log's own `appendInOrder`, window by window: all of a window is recorded, and in order,
 * before the next one is sent. When one of a window is not taken, later ones of it may have been recorded: that is an
 * error which says so, and the next copy finds the difference.
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
          const isHole = outcomes.slice(index + 1).some((later) => !(later instanceof Error))
          throw isHole ? new Error(`${outcome.message}; ${withoutIt}`, { cause: outcome }) : outcome
        }
        if (outcome.position <= position) return undefined
        position = outcome.position
        for (const event of window[index]!.events) known.add(kindOf(event))
      }
    }
    return position
  }
}
