import type { RecordedEvent } from '#kernel'
import { Conflict, type Append, type Appended, type EventLog } from './port.ts'

/** Number of the newest events among which servers recognise a repeated append at any revision. */
const farBack = 1_000

/** Whether an append goes to any revision; otherwise it expects a certain one, or an empty stream. */
export const isPlaceless = ({ expected }: Pick<Append, 'expected'>): boolean =>
  expected === 'any' || expected === 'exists'

const firstRevisionOf = ({ expected }: Append): number =>
  typeof expected === 'number' ? expected + 1 : 0

const isSame = (one: RecordedEvent | undefined, eventId: string): boolean =>
  one?.eventId.toLowerCase() === eventId.toLowerCase()

/** The newest events of a stream, oldest first, with the index of each id. */
type Recent = {
  readonly events: readonly RecordedEvent[]
  readonly indexes: ReadonlyMap<string, number>
}

const recentOf = async (read: EventLog['read'], stream: string): Promise<Recent> => {
  const newest = await read(stream, { direction: 'backwards', limit: farBack })
  const events = newest.toReversed()
  return {
    events,
    indexes: new Map(events.map(({ eventId }, index) => [eventId.toLowerCase(), index])),
  }
}

/** The place of these very events among the newest. @throws Conflict as `placeOf` */
const placeAmong = ({ events, indexes }: Recent, append: Append): Appended | undefined => {
  const start = indexes.get(append.events[0]!.eventId.toLowerCase())
  if (start === undefined) return undefined
  const there = events.slice(start, start + append.events.length)
  const isAll = append.events.every(({ eventId }, index) => isSame(there[index], eventId))
  if (isPlaceless(append)) {
    if (!isAll) throw new Conflict(append.stream, append.expected, events.at(-1)!.revision)
  } else if (!isAll || there[0]!.revision !== firstRevisionOf(append)) return undefined
  const { revision, position } = there.at(-1)!
  return { revision, position }
}

/** Finds the places at which appends are recorded. */
export type Places = {
  /**
   * Returns the place of these very events; undefined if they are not in the stream.
   * @throws Conflict for an append at any revision, if its first event is in the stream without the others
   */
  readonly placeOf: (append: Append) => Promise<Appended | undefined>
}

/** Finds appends by one read each. */
export const placesOneByOne = (read: EventLog['read']): Places => ({
  placeOf: async (append) => {
    if (isPlaceless(append)) return placeAmong(await recentOf(read, append.stream), append)
    const { stream, events } = append
    const there = await read(stream, { from: firstRevisionOf(append), limit: events.length })
    const last = there.at(-1)
    return last && events.every(({ eventId }, index) => isSame(there[index], eventId))
      ? { revision: last.revision, position: last.position }
      : undefined
  },
})

/**
 * Finds many appends: the newest events of a stream with several of them are read once. To be used at once, as the events that
 * were read are not refreshed.
 * @param appends all appends that may be looked up
 */
export const placesTogether = (read: EventLog['read'], appends: readonly Append[]): Places => {
  const times = Map.groupBy(appends, ({ stream }) => stream)
  const streams = new Map<string, Promise<Recent>>()
  const { placeOf } = placesOneByOne(read)
  return {
    placeOf: async (append) => {
      const { stream } = append
      if (!isPlaceless(append) && times.get(stream)?.length === 1) return placeOf(append)
      const recent = streams.get(stream) ?? recentOf(read, stream)
      streams.set(stream, recent)
      const found = placeAmong(await recent, append)
      return found ?? (isPlaceless(append) ? undefined : placeOf(append))
    },
  }
}
