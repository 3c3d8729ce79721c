import { timeAfter } from '#kernel'

/** Hours of a day in which a user is not to be disturbed, `HH:MM`; `from` after `to` spans midnight. */
export type QuietHours = { readonly from: string; readonly to: string }

const minute = 60_000
const day = 24 * 60

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const shape = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  try {
    return new Intl.DateTimeFormat('en-GB', { ...shape, timeZone })
  } catch {
    // A time zone that was set before it was checked.
    return new Intl.DateTimeFormat('en-GB', { ...shape, timeZone: 'UTC' })
  }
}

/**
 * Returns when quiet hours end that a moment is in; undefined when it is in none. The end is later than the moment and not
 * quiet, also where the clocks are changed in between.
 * @param at the moment, ISO 8601
 * @param hours the quiet hours, in the time zone of the user; none where both are the same
 * @param timeZone a name of the time zone database; UTC for an unknown one
 * @returns ISO 8601, UTC
 */
export const quietUntil = (
  at: string,
  { from, to }: QuietHours,
  timeZone: string,
): string | undefined => {
  const format = formatOf(timeZone)
  const length = (minutesOf(to) - minutesOf(from) + day) % day
  /** Minutes of quiet that the clock on the wall shows to be left; 0 or less when it is not quiet. */
  const leftAt = (ms: number): number =>
    length - ((minutesOf(format.format(ms)) - minutesOf(from) + day) % day)
  const now = Date.parse(at)
  if (leftAt(now) <= 0) return undefined
  let end = now - (now % minute)
  // More than once where the clocks are put back.
  for (let left = leftAt(end); left > 0; left = leftAt(end)) end += left * minute
  // Where they are put forward, quiet has ended before.
  while (end - minute > now && leftAt(end - minute) <= 0) end -= minute
  return timeAfter(at, end - now)
}
