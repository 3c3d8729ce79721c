import { Cron } from 'croner'
import { timeAfter } from '#kernel'
import type { Timing } from '../language.ts'

/** The time of a moment as the schedule compares it: ISO 8601 in UTC, three decimals. */
const isoOf = (date: Date | null): string | undefined => date?.toISOString()

/** The numbers of one part of a field: `*`, `7`, `1-3`, and with a step `1-9/2`; others are left as they are. */
const listed = (part: string, max: number): string => {
  const [, range, step] = /^(\*|\?|\d+-\d+)(?:\/(\d+))?$/.exec(part) ?? []
  if (range === undefined || Number(step) === 0) return part
  const [low = 0, high = max] = range.includes('-') ? range.split('-').map(Number) : []
  if (low > high || high > max) return part
  const every = Number(step ?? 1)
  return Array.from(
    { length: Math.floor((high - low) / every) + 1 },
    (_, n) => low + n * every,
  ).join()
}

/**
 * Writes the hours, minutes and seconds of an expression as lists, unless the hours are an interval (`*`): then each time of
 * day is one of its own as the clocks change.
 */
const withTimesListed = (cron: string): string => {
  const fields = cron.split(/ +/)
  const [hours = '*', ...finer] = fields.slice(0, -3).toReversed()
  if (/[*?]/.test(hours)) return cron
  const asList = (field: string, max: number) =>
    field
      .split(',')
      .map((part) => listed(part, max))
      .join()
  return [
    ...finer.map((field) => asList(field, 59)).toReversed(),
    asList(hours, 23),
    ...fields.slice(-3),
  ].join(' ')
}

/** Creates the pattern of a cron expression. @throws Error when the expression cannot be read */
const patternOf = (cron: string, timeZone: string): Cron =>
  new Cron(withTimesListed(cron), { timezone: timeZone, fixedTimeRule: 'no-wildcard' })

/**
 * Returns when a job is due for the first time.
 *
 * A cron expression has five or six fields (seconds first). With numbers in the field of hours (`2`, `2,14`, `1-3`), each time of
 * day that its time zone skips, as clocks are put forward, is due at the moment of the change, all of them together; one that
 * occurs twice, as clocks are put back, is due the first time only. With `*` there, it goes through both hours.
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
 * Returns when a job is due that was paused, or skipped its due times: at its due time where that is still to come or the only
 * one, else at the first one to come.
 * @param dueAt the time at which it was due next when that began
 * @param now ISO 8601 in UTC
 */
export const dueNext = (timing: Timing, dueAt: string, now: string): string | undefined =>
  dueAt > now || 'runAt' in timing ? dueAt : dueAfter(timing, dueAt, now)
