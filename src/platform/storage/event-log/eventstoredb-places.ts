import type { RecordedEvent } from '#kernel'
import { Conflict, type Append, type Appended, type EventLog } from './port.ts'

/** As far back as servers look for an append that may go anywhere. */
const farBack = 1_000

/** Whether an append may go anywhere; otherwise it expects a revision, or none. */
export const isPlaceless = ({ expected }: Pick<Append, 'expected'>): boolean =>
  expected === 'any' || expected === 'exists'

const firstRevisionOf = ({ expected }: Append): number =>
  typeof expected === 'number' ? expected + 1 : 0

const isSame = (one: RecordedEvent | undefined, eventId: string): boolean =>
  one?.eventId.toLowerCase() === eventId.toLowerCase()

/** The newest events of a stream, oldest first, and where each id is among them. */
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

/** Where these very events are among the newest. @throws Conflict as `placeOf` */
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

/** Finds where appends were recorded before. */
export type Places = {
  /**
   * Where these very events are; undefined when they are not there.
   * @throws Conflict when they may go anywhere, and the first of them is there without the others
   */
  readonly placeOf: (append: Append) => Promise<Appended | undefined>
}

/** Finds appends one by one, each by a read of its own. */
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
 * Finds many appends at a time: of streams that several of them go to, the newest events are read once. For one moment
 * only.
 * @param appends among which those to be found are
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
