import { Type } from 'typebox'
import { timeAt } from '#kernel'
import { canonicalMoment } from '../../../serving/moments.ts'
import { invalid } from '../../../serving/problem.ts'
import { TimeZoneName, zoneOf, type Zone } from '../language.ts'

const day = 24 * 60 * 60_000

/** Longest range, in ms: a leap year, and an hour of a change of clocks. */
const longest = 366 * day + 60 * 60_000

/** Range without `from`, in ms. */
const usual = 30 * day

const text = (description: string) => Type.String({ maxLength: 40, description })

const both = 'a day (`2030-01-31`) of the time zone, or a moment in ISO 8601 with its offset'

/** Query or body fields of a range of time. */
export const asked = {
  from: Type.Optional(text(`The beginning: ${both}. Default: 30 days before \`to\``)),
  to: Type.Optional(text(`The end: ${both}; a day is included. Default: now`)),
  timeZone: Type.Optional(TimeZoneName),
}

/** A range of time, in ms since 1970; `to` is the first moment after it. */
export type Range = {
  readonly from: number
  readonly to: number
  readonly timeZone: string
  readonly zone: Zone
}

const isDay = (value: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const parsed = Date.parse(`${value}T00:00:00.000Z`)
  return !Number.isNaN(parsed) && timeAt(parsed).startsWith(value)
}

const momentIn = (field: string, value: string): number => {
  const moment = canonicalMoment(value)
  const parsed = moment === undefined ? Number.NaN : Date.parse(moment)
  if (Number.isNaN(parsed))
    throw invalid(
      field,
      'must be a day such as 2030-01-31, or a moment such as 2030-01-31T12:00:00Z',
    )
  return parsed
}

/** Returns a time zone. @param name default: UTC @throws Problem 400 naming `timeZone` when there is none of this name */
const askedZone = (name = 'UTC'): Zone => {
  const zone = zoneOf(name)
  if (!zone) throw invalid('timeZone', 'must be a time zone, such as Europe/Berlin')
  return zone
}

/**
 * Returns the range that a request asks for.
 * @param now in ms since 1970
 * @throws Problem 400 naming the field that is wrong
 */
export const askedRange = (
  {
    from,
    to,
    timeZone = 'UTC',
  }: { readonly from?: string; readonly to?: string; readonly timeZone?: string },
  now: number,
): Range => {
  const zone = askedZone(timeZone)
  const endOf = (value: string): number =>
    isDay(value) ? zone.endOf('day', zone.dayStart(value)) : momentIn('to', value)
  const startOf = (value: string): number =>
    isDay(value) ? zone.dayStart(value) : momentIn('from', value)
  const end = to === undefined ? now : endOf(to)
  const start = from === undefined ? end - usual : startOf(from)
  if (start >= end)
    throw to === undefined
      ? invalid('from', 'must be before now')
      : invalid('to', 'must be after from')
  if (end - start > longest) throw invalid('to', 'must be at most 366 days after from')
  return { from: start, to: end, timeZone, zone }
}
