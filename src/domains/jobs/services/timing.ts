import { Cron } from 'croner'
import { timeAfter } from '#kernel'
import type { Timing } from '../language.ts'

/** The time of a moment as the schedule compares it: ISO 8601 in UTC, three decimals. */
const isoOf = (date: Date | null): string | undefined => date?.toISOString()

/** Creates the pattern of a cron expression. @throws Error when the expression cannot be read */
const patternOf = (cron: string, timeZone: string): Cron => new Cron(cron, { timezone: timeZone })

/**
 * Returns when a job is due for the first time.
 *
 * A cron expression has five or six fields (seconds first). A time of day that its time zone skips, as clocks are put forward,
 * is due at the moment of the change; one that occurs twice, as clocks are put back, is due the first time only. Intervals
 * (`*` and `/` in hours or minutes) go through both.
 * @param now ISO 8601 in UTC
 * @returns undefined when it never is
 * @throws Error when the cron expression or the time zone cannot be read
 */
export const firstDue = (timing: Timing, now: string): string | undefined => {
  if ('runAt' in timing) return timing.runAt
  if ('everyMs' in timing) return timeAfter(now, timing.everyMs)
  return isoOf(patternOf(timing.cron, timing.timeZone).nextRun(now))
}

/**
 * Returns when a job is due after a due time that has come: the first time that is still to come, on the grid of intervals
 * that began with the first one.
 * @param dueAt the due time
 * @param now the present, ISO 8601 in UTC
 * @returns undefined when it never is again
 */
export const dueAfter = (timing: Timing, dueAt: string, now: string): string | undefined => {
  if ('runAt' in timing) return undefined
  const late = Math.max(0, Date.parse(now) - Date.parse(dueAt))
  if ('everyMs' in timing)
    return timeAfter(dueAt, (Math.floor(late / timing.everyMs) + 1) * timing.everyMs)
  return isoOf(patternOf(timing.cron, timing.timeZone).nextRun(late > 0 ? now : dueAt))
}

/** The fields of a timing side by side, as read models and requests have them. */
export type TimingFields = {
  readonly runAt?: string
  readonly cron?: string
  readonly timeZone?: string
  readonly everyMs?: number
}

/** Returns the timing that fields describe; without one of the others, it is the interval. */
export const timingIn = ({ runAt, cron, timeZone = 'UTC', everyMs = 0 }: TimingFields): Timing => {
  if (runAt !== undefined) return { runAt }
  return cron === undefined ? { everyMs } : { cron, timeZone }
}

/**
 * Returns when a resumed job is due: at its due time where that is still to come or the only one, else at the first one to
 * come.
 * @param dueAt the time at which it was due next when it was paused
 * @param now ISO 8601 in UTC
 */
export const dueWhenResumed = (timing: Timing, dueAt: string, now: string): string | undefined =>
  dueAt > now || 'runAt' in timing ? dueAt : dueAfter(timing, dueAt, now)
