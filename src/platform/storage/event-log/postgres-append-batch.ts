import type { Append } from './port.ts'

/** Appends that go to the database as one: a single one, or several that are recorded together. */
export type Unit = {
  readonly appends: readonly Append[]
  /** Whether all of them are recorded or none. */
  readonly together: boolean
  /** Units of one line are recorded in the order they were given in, whatever their streams. */
  readonly line?: object
}

/** Units that share a commit. */
export type Batch<U extends Unit> = {
  readonly units: readonly U[]
  /** Of each append of the units, in order: which append before it goes to the same stream, from 1; 0 for none. */
  readonly earlier: readonly number[]
}

/**
 * At most so many events share a commit. More would save little, and would take turns with the database: while it works
 * on one batch, the next one is made ready.
 */
const most = 128

/**
 * What a unit keeps others from while it is under way: its line, and the streams it appends to. A check of a stream keeps
 * nobody from it, as the database judges each batch after the one before.
 */
export const keysOf = ({ appends, line }: Unit): readonly (string | object)[] => {
  const streams = appends.flatMap(({ stream, events }) => (events.length > 0 ? stream : []))
  return line ? [...streams, line] : streams
}

/** Whether a unit has to wait for one of its streams, or its line. */
const isBlockedBy = ({ appends, line }: Unit, blocked: ReadonlySet<string | object>): boolean =>
  blocked.size > 0 &&
  ((line !== undefined && blocked.has(line)) ||
    appends.some(({ stream, events }) => events.length > 0 && blocked.has(stream)))

/** Whether an append of a unit begins with an event that is in the batch. @param ids of the events in the batch */
const repeats = ({ appends }: Unit, ids: ReadonlySet<string>): boolean =>
  appends.some(({ events: [first] }) => first && ids.has(first.eventId.toLowerCase()))

/**
 * Takes from the front what can share a batch: not too much, and neither a stream nor a line that is under way already.
 * Appends to one stream keep their order. One that repeats events of the batch waits for the next one: whether an event
 * was recorded before is looked up in the table, without the rest of the batch.
 * @param underWay streams and lines of batches that have not been answered
 */
export const nextBatch = <U extends Unit>(
  waiting: readonly U[],
  underWay: ReadonlySet<string | object>,
): Batch<U> & { readonly rest: U[] } => {
  const blocked = new Set(underWay)
  /** The last append of the batch to each stream, from 1. */
  const last = new Map<string, number>()
  const ids = new Set<string>()
  const units: U[] = []
  const earlier: number[] = []
  const skipped: U[] = []
  let seen = 0
  for (let events = 0; seen < waiting.length && events < most; seen += 1) {
    const unit = waiting[seen]!
    if (isBlockedBy(unit, blocked) || repeats(unit, ids)) {
      for (const key of keysOf(unit)) blocked.add(key)
      skipped.push(unit)
      continue
    }
    units.push(unit)
    for (const { stream, events: added } of unit.appends) {
      events += added.length
      earlier.push(last.get(stream) ?? 0)
      last.set(stream, earlier.length)
      for (const { eventId } of added) ids.add(eventId.toLowerCase())
    }
  }
  return { units, earlier, rest: skipped.concat(waiting.slice(seen)) }
}
