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
  const inBatch = new Map<string, { last: number; readonly ids: Set<string> }>()
  const units: U[] = []
  const earlier: number[] = []
  const skipped: U[] = []
  let seen = 0
  for (let events = 0; seen < waiting.length && events < most; seen += 1) {
    const unit = waiting[seen]!
    const keys = keysOf(unit)
    const isBlocked =
      keys.some((key) => blocked.has(key)) ||
      unit.appends.some(
        ({ stream, events: [first] }) =>
          first && inBatch.get(stream)?.ids.has(first.eventId.toLowerCase()),
      )
    if (isBlocked) {
      for (const key of keys) blocked.add(key)
      skipped.push(unit)
      continue
    }
    units.push(unit)
    for (const { stream, events: added } of unit.appends) {
      events += added.length
      const before = inBatch.get(stream)
      earlier.push(before?.last ?? 0)
      const entry = before ?? { last: 0, ids: new Set<string>() }
      entry.last = earlier.length
      for (const { eventId } of added) entry.ids.add(eventId.toLowerCase())
      if (!before) inBatch.set(stream, entry)
    }
  }
  return { units, earlier, rest: skipped.concat(waiting.slice(seen)) }
}
