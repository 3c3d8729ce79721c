import { Type } from 'typebox'
import type { Condition } from '../platform/storage/documents/port.ts'
import { momentOf } from '../platform/storage/event-log/range-search.ts'
import { invalid } from './problem.ts'

/**
 * Schema of a moment in a query. Validation converts it to UTC with three decimals, as read models store moments, so
 * that the order of the texts is the order of the moments.
 */
export const Moment = Type.String({
  format: 'date-time',
  description: 'A moment in ISO 8601 with its offset, to the millisecond at most',
})

/** A range of time, both ends included. */
export const period = { from: Type.Optional(Moment), to: Type.Optional(Moment) }

/** The validator's message for an invalid moment. */
export const momentMessage =
  'must be a moment in ISO 8601, such as 2030-01-31T12:00:00Z, to the millisecond at most'

/**
 * The canonical text of a moment in a query: UTC, three decimals.
 * @param text of the format `date-time` (RFC 3339)
 * @returns undefined for leap seconds, years past 9999 and fractions of a millisecond
 */
export const canonicalMoment = (text: string): string | undefined => momentOf(text.toUpperCase())

/**
 * Condition of a range of time; undefined when neither end is given.
 * @throws Problem 400 when the ends are in the wrong order
 */
export const during = ({
  from,
  to,
}: {
  readonly from?: string
  readonly to?: string
}): Condition | undefined => {
  if (from === undefined && to === undefined) return undefined
  if (from !== undefined && to !== undefined && from > to)
    throw invalid('to', 'must not be before from')
  return { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lte: to }) }
}
