import { Type, type Static } from 'typebox'
import { patternMessage, timeAt } from '#kernel'

/** A name of the time zone database: `Europe/Berlin`. Whether there is such a zone, `zoneOf` says. */
export const TimeZoneName = patternMessage(
  'must be a name of the time zone database, such as Europe/Berlin',
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_+/-]*$', maxLength: 64 }),
)

/** Length of a bucket of a series. */
export const Bucket = Type.Enum(['hour', 'day', 'week', 'month'])
export type Bucket = Static<typeof Bucket>

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A time zone: where its hours, days, weeks and months begin. Times are in ms since 1970, in UTC. */
export type Zone = {
  /** Name of the bucket that a time is in: `2030-03-31T03:00+02:00`, `2030-03-31`, the Monday of a week, `2030-03`. */
  readonly bucketAt: (bucket: Bucket, time: number) => string
  /** Start of the bucket that a time is in. */
  readonly startOf: (bucket: Bucket, time: number) => number
  /** Start of the bucket after the one that a time is in. */
  readonly endOf: (bucket: Bucket, time: number) => number
  /** Start of a day, given as `2030-03-31`. */
  readonly dayStart: (date: string) => number
}

const formatterOf = (timeZone: string): Intl.DateTimeFormat | undefined => {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
}

/** Local time as if it were UTC, in ms. */
const localTime = (formatter: Intl.DateTimeFormat, time: number): number => {
  const parts = new Map(formatter.formatToParts(time).map(({ type, value }) => [type, +value]))
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
}

/** Year and month of a local time as if it were UTC; months from 1. */
const monthOf = (local: number): readonly [year: number, month: number] => {
  const text = timeAt(local)
  return [Number(text.slice(0, 4)), Number(text.slice(5, 7))]
}

/** Start of a local bucket, of local times as if they were UTC. */
const localStart: Readonly<Record<Bucket, (local: number) => number>> = {
  hour: (local) => local - (local % hour),
  day: (local) => Math.floor(local / day) * day,
  // 1 January 1970 was a Thursday.
  week: (local) => Math.floor((Math.floor(local / day) + 3) / 7) * 7 * day - 3 * day,
  month: (local) => {
    const [year, month] = monthOf(local)
    return Date.UTC(year, month - 1, 1)
  },
}

const localEnd = (bucket: Bucket, start: number): number => {
  if (bucket !== 'month') return start + { hour, day, week: 7 * day }[bucket]
  const [year, month] = monthOf(start)
  return Date.UTC(year, month, 1)
}

const zoneFrom = (formatter: Intl.DateTimeFormat): Zone => {
  const offsets = new Map<number, number>()
  /** Difference of local time to UTC, in ms. Offsets change at quarters of an hour. */
  const offsetAt = (time: number): number => {
    const quarter = Math.floor(time / (15 * minute))
    const known = offsets.get(quarter)
    if (known !== undefined) return known
    const start = quarter * 15 * minute
    const offset = localTime(formatter, start) - start
    if (offsets.size >= 50_000) offsets.clear()
    offsets.set(quarter, offset)
    return offset
  }
  /** The first moment at or after a local time; where clocks are set forward over it, the moment they are set. */
  const momentOf = (local: number): number => {
    const candidates = [offsetAt(local - day), offsetAt(local + day)]
      .map((offset) => local - offset)
      .toSorted((a, b) => a - b)
    const exact = candidates.find((time) => time + offsetAt(time) === local)
    if (exact !== undefined) return exact
    let [from, to] = [candidates[0] ?? local, candidates[1] ?? local]
    while (to - from > minute) {
      const middle = from + Math.floor((to - from) / 2 / minute) * minute
      if (middle + offsetAt(middle) < local) from = middle
      else to = middle
    }
    return to
  }
  const startOf = (bucket: Bucket, time: number): number => {
    const offset = offsetAt(time)
    const local = localStart[bucket](time + offset)
    // An hour that clocks repeat is two buckets.
    return bucket === 'hour' ? local - offset : momentOf(local)
  }
  return {
    startOf,
    endOf: (bucket, time) =>
      bucket === 'hour'
        ? startOf(bucket, time) + hour
        : momentOf(localEnd(bucket, localStart[bucket](time + offsetAt(time)))),
    bucketAt: (bucket, time) => {
      const offset = offsetAt(time)
      const text = timeAt(localStart[bucket](time + offset))
      if (bucket === 'hour') return text.slice(0, 16) + signed(offset)
      return text.slice(0, bucket === 'month' ? 7 : 10)
    },
    dayStart: (date) => momentOf(Date.parse(`${date}T00:00:00.000Z`)),
  }
}

const signed = (offset: number): string => {
  const minutes = Math.abs(offset) / minute
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}

const zones = new Map<string, Zone>()

/** Returns a time zone of the database. @returns undefined when there is none of this name */
export const zoneOf = (name: string): Zone | undefined => {
  const known = zones.get(name)
  if (known) return known
  const formatter = formatterOf(name)
  if (!formatter) return undefined
  const zone = zoneFrom(formatter)
  if (zones.size >= 100) zones.clear()
  zones.set(name, zone)
  return zone
}
