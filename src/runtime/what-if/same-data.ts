import type { Message } from '#kernel'

/** A time as events hold it, ISO 8601 in UTC with ms. */
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** Whether a value is a time as events hold it. */
export const isMoment = (value: unknown): value is string =>
  typeof value === 'string' && moment.test(value)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/**
 * Compares data as JSON would: a field that is undefined is missing.
 * @param tolerance ms by which two times may differ
 */
export const sameData = (one: unknown, other: unknown, tolerance = 0): boolean => {
  if (Object.is(one, other)) return true
  if (isMoment(one) && isMoment(other))
    return Math.abs(Date.parse(one) - Date.parse(other)) <= tolerance
  if (!isObject(one) || !isObject(other)) return false
  if (Array.isArray(one) || Array.isArray(other))
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => sameData(item, other[index], tolerance))
    )
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => sameData(one[name], other[name], tolerance))
}

/** Compares events by type and data, in their order. @param tolerance ms by which two times may differ */
export const sameMessages = (
  some: readonly Message[],
  others: readonly Message[],
  tolerance = 0,
): boolean =>
  some.length === others.length &&
  some.every(
    ({ type, data }, index) =>
      type === others[index]?.type && sameData(data, others[index].data, tolerance),
  )
