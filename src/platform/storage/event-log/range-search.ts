import type { EventLog } from './port.ts'

/** A place in the log that is known: the event there, and when it was recorded (ISO 8601). */
export type Known = { readonly position: bigint; readonly at: string }

/** The first known place behind a position; none, when there is none. */
export type Probe = (after: bigint) => Promise<Known | undefined>

/**
 * The first place that is wanted, where all behind it are wanted too, by halving.
 * @param probe looks into the log
 * @param isWanted what the first one is looked for by
 * @param head the position of the last event
 * @returns the smallest position with nothing unwanted at or behind it; behind the head when nothing is wanted. The
 *   one before it is that of the last unwanted place, or 0n
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

/** The ends of a part of the log, both included; times are ISO 8601 in UTC, with ms. */
export type Ends = {
  readonly fromPosition?: bigint
  readonly untilPosition?: bigint
  readonly fromTime?: string
  readonly untilTime?: string
}

/** The part of the log that some ends come down to. */
export type Span = {
  /** Nothing up to here is wanted. What comes behind may be read from here on: there is an event here, or it is 0n. */
  readonly after: bigint
  /** Nothing from here on is wanted. What comes before may be read from here; from the head, when undefined. */
  readonly before: bigint | undefined
  /** Whether an event between these is wanted. */
  readonly holds: (event: Known) => boolean
}

/** Whether an event is between the ends. */
export const isWithin =
  ({ fromPosition, untilPosition, fromTime, untilTime }: Ends) =>
  ({ position, at }: Known): boolean =>
    (fromPosition === undefined || position >= fromPosition) &&
    (untilPosition === undefined || position <= untilPosition) &&
    // All times are written the same way: they compare as texts.
    (fromTime === undefined || at >= fromTime) &&
    (untilTime === undefined || at <= untilTime)

/** What looking for places in a log takes. */
export type Searchable = Pick<EventLog, 'readAll' | 'head' | 'streams' | 'dense' | 'byTime'>

/**
 * Looks into a log. Where positions do not count events, reading may only start where there is one; there the
 * beginnings of streams are the places that are known.
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
 * Finds out where in the log some ends are. Times need not follow positions, as clocks differ and are set: halving gives
 * a guess only, and the log is asked what was recorded out of order beyond it. A log that cannot tell is read through,
 * from one position wanted to the other.
 * @throws Unavailable when the log is away
 */
export const spanOf = async (log: Searchable, ends: Ends): Promise<Span> => {
  const { fromPosition, untilPosition, fromTime, untilTime } = ends
  const holds = isWithin(ends)
  if (Object.values(ends).every((end) => end === undefined))
    return { after: 0n, before: undefined, holds }
  const head = await log.head()
  const probe = probeOf(log)
  /** The greatest place from which on everything wanted is read. */
  const start = async (isWanted: (known: Known) => boolean): Promise<bigint> =>
    (await firstWanted(probe, isWanted, head)) - 1n
  /** The smallest place before which everything wanted is read. */
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

/** Decimals past the third that are not zero: no event has such a time. */
const finerThanMs = /\.\d{3}\d*[1-9]/

/** Whether a day is one of the calendar's: JavaScript takes 30 February for 2 March. */
const isDay = (date: string): boolean => {
  const time = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date)
}

/** A moment that people wrote, in UTC with ms; undefined when there is none such, or it is finer than ms. */
export const momentOf = (text: string): string | undefined => {
  const isMoment = moment.test(text) && isDay(text.slice(0, 10)) && !finerThanMs.test(text)
  const time = isMoment ? Date.parse(text) : Number.NaN
  const written = Number.isNaN(time) ? '' : new Date(time).toISOString()
  return /^\d{4}-/.test(written) ? written : undefined
}

/** A position or a moment that people wrote; undefined when it is neither. */
export const placeOf = (
  text: string,
): { readonly position: bigint } | { readonly time: string } | undefined => {
  if (/^\d{1,18}$/.test(text)) return { position: BigInt(text) }
  const time = momentOf(text)
  return time === undefined ? undefined : { time }
}
