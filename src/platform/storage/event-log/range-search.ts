import type { EventLog } from './port.ts'

/** Position and time (ISO 8601) of an event in the log. */
export type Known = { readonly position: bigint; readonly at: string }

/** Returns the first known event after a position; undefined without one. */
export type Probe = (after: bigint) => Promise<Known | undefined>

/**
 * Finds the first matching event by binary search, if all later events match too.
 * @param probe reads the log
 * @param isWanted whether an event matches
 * @param head the position of the last event
 * @returns the smallest position from which on all events match; the position after the head if none does. The position before
 *   it is that of the last event that does not match, or 0n
 */
const firstWanted = async (
  probe: Probe,
  isWanted: (known: Known) => boolean,
  head: bigint,
): Promise<bigint> => {
  let [low, high] = [1n, head + 1n]
  while (low < high) {
    const middle = (low + high) / 2n
    const known = await probe(middle - 1n)
    if (known === undefined || isWanted(known)) high = middle
    else low = known.position + 1n
  }
  return low
}

/** Ends of a range of the log, both included; times are ISO 8601 in UTC, with ms. */
export type Ends = {
  readonly fromPosition?: bigint
  readonly untilPosition?: bigint
  readonly fromTime?: string
  readonly untilTime?: string
}

/** Positions that enclose a range of the log. */
export type Span = {
  /** Position up to which no event is in the range; reads may begin here, as it is the position of an event or 0n. */
  readonly after: bigint
  /** Position from which on no event is in the range; backward reads may begin here, or at the head if it is undefined. */
  readonly before: bigint | undefined
  /** Whether an event between these positions is in the range. */
  readonly holds: (event: Known) => boolean
}

/** Whether an event is between the ends. */
export const isWithin =
  ({ fromPosition, untilPosition, fromTime, untilTime }: Ends) =>
  ({ position, at }: Known): boolean =>
    (fromPosition === undefined || position >= fromPosition) &&
    (untilPosition === undefined || position <= untilPosition) &&
    // All times have one format, so they compare as texts.
    (fromTime === undefined || at >= fromTime) &&
    (untilTime === undefined || at <= untilTime)

/** The part of a log that the search uses. */
export type Searchable = Pick<EventLog, 'readAll' | 'head' | 'streams' | 'dense' | 'byTime'>

/**
 * Probes a log. If positions have gaps, a read may only begin at the position of an event; then the first events of streams are
 * the known ones.
 */
const probeOf =
  (log: Searchable): Probe =>
  async (after) => {
    if (log.dense) {
      const { events } = await log.readAll({ after, limit: 1 })
      return events[0]
    }
    const [first] = await log.streams({ after, limit: 1 })
    return first && { position: first.position, at: first.startedAt }
  }

/**
 * Finds the span of a range. Times need not increase with positions, as clocks differ and are set: a binary search yields a guess
 * only, and the log's index by time finds the events beyond it. A log without such an index is scanned within the range of
 * positions.
 * @throws Unavailable when the log cannot be reached
 */
export const spanOf = async (log: Searchable, ends: Ends): Promise<Span> => {
  const { fromPosition, untilPosition, fromTime, untilTime } = ends
  const holds = isWithin(ends)
  if (Object.values(ends).every((end) => end === undefined))
    return { after: 0n, before: undefined, holds }
  const head = await log.head()
  const probe = probeOf(log)
  /** The greatest position from which a read includes all matching events. */
  const start = async (isWanted: (known: Known) => boolean): Promise<bigint> =>
    (await firstWanted(probe, isWanted, head)) - 1n
  /** The smallest position before which all matching events are. */
  const end = async (isOver: (known: Known) => boolean): Promise<bigint | undefined> =>
    (await probe((await firstWanted(probe, isOver, head)) - 1n))?.position

  const starts: bigint[] = []
  if (fromPosition !== undefined)
    starts.push(
      log.dense ? fromPosition - 1n : await start(({ position }) => position >= fromPosition),
    )
  if (fromTime !== undefined && log.byTime) {
    const guess = await firstWanted(probe, ({ at }) => at >= fromTime, head)
    starts.push(((await log.byTime.firstSince(fromTime, guess)) ?? guess) - 1n)
  }
  const befores: (bigint | undefined)[] = []
  if (untilPosition !== undefined)
    befores.push(
      log.dense
        ? untilPosition < head
          ? untilPosition + 1n
          : undefined
        : await end(({ position }) => position > untilPosition),
    )
  if (untilTime !== undefined && log.byTime) {
    const guess = await firstWanted(probe, ({ at }) => at > untilTime, head)
    const last = await log.byTime.lastUntil(untilTime, guess)
    const before = last === undefined ? guess : last + 1n
    befores.push(before > head ? undefined : before)
  }
  return {
    after: starts.reduce((most, one) => (one > most ? one : most), 0n),
    before: befores.reduce(
      (least, one) => (least === undefined || (one !== undefined && one < least) ? one : least),
      undefined,
    ),
    holds,
  }
}

const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/

/** Non-zero decimals after the third; no event has such a time. */
const finerThanMs = /\.\d{3}\d*[1-9]/

/** Whether a day exists: JavaScript parses 30 February as 2 March. */
const isDay = (date: string): boolean => {
  const time = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date)
}

/** Parses a moment and converts it to UTC with ms; undefined for an invalid one, or one finer than ms. */
export const momentOf = (text: string): string | undefined => {
  const isMoment = moment.test(text) && isDay(text.slice(0, 10)) && !finerThanMs.test(text)
  const time = isMoment ? Date.parse(text) : Number.NaN
  const written = Number.isNaN(time) ? '' : new Date(time).toISOString()
  return /^\d{4}-/.test(written) ? written : undefined
}

/** Parses a position or a moment; undefined for any other text. */
export const placeOf = (
  text: string,
): { readonly position: bigint } | { readonly time: string } | undefined => {
  if (/^\d{1,18}$/.test(text)) return { position: BigInt(text) }
  const time = momentOf(text)
  return time === undefined ? undefined : { time }
}
