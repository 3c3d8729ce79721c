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
 * Returns when quiet hours end that a moment is in; undefined when it is in none.
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
  const localMinutes = (ms: number) => minutesOf(format.format(ms))
  const now = Date.parse(at)
  const since = (localMinutes(now) - minutesOf(from) + day) % day
  const length = (minutesOf(to) - minutesOf(from) + day) % day
  if (since >= length) return undefined
  const wholeMinute = now - (now % minute)
  const end = wholeMinute + (length - since) * minute
  // The clocks may be changed in the night.
  const late = (localMinutes(end) - minutesOf(to) + day + day / 2) % day
  return timeAfter(at, end - (late - day / 2) * minute - now)
}
