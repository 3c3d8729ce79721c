import type { Append } from './port.ts'

/** A single append, or several that are recorded together. */
export type Unit = {
  readonly appends: readonly Append[]
  /** Whether all of them are recorded or none. */
  readonly together: boolean
  /** Units of one line are recorded in the order of their calls, whatever their streams. */
  readonly line?: object
}

/** Units that share a commit. */
export type Batch<U extends Unit> = {
  readonly units: readonly U[]
  /** For each append of the units, in order: the number of the append before it to the same stream, from 1; 0 without one. */
  readonly earlier: readonly number[]
}

/**
 * Limit of events that share a commit. Larger batches would save little, and would not overlap: while the database executes one
 * batch, the next one is prepared.
 */
const most = 128

/**
 * Keys that a running unit blocks for others: its line, and the streams to which it appends. A check of a stream blocks nothing,
 * as the database executes the batches one after the other.
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

/** Whether the first event of an append of a unit is in the batch. @param ids of the events in the batch */
const repeats = ({ appends }: Unit, ids: ReadonlySet<string>): boolean =>
  appends.some(({ events: [first] }) => first && ids.has(first.eventId.toLowerCase()))

/**
 * Selects the units that can share a batch, from the front: up to the limit, without streams and lines of running batches.
 * Appends to one stream keep their order. One that repeats events of the batch waits for the next batch: repetitions are
 * recognised in the table, not within a batch.
 * @param underWay streams and lines of batches without an answer
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
