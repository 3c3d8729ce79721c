import { maxNameLength, type FailedAttempt, type Job } from './port.ts'

/** A validated job. */
export type PreparedJob = {
  readonly id: string
  /** Its data as JSON text. */
  readonly json: string
  /** ms since 1970; null for now. */
  readonly runAt: number | null
}

/** Latest time of a JavaScript date, in ms since 1970 (ECMA-262, 21.4.1.1). */
const endOfTime = 8.64e15

const checkedName = (what: string, name: string): string => {
  if (name.length === 0 || name.length > maxNameLength || name.includes('\0'))
    throw new TypeError(`${what} has 1 to ${maxNameLength} characters, none of them NUL`)
  return name
}

/**
 * Validates jobs before they are added in a batch with others: a job that cannot be stored must not fail the others.
 * @throws TypeError that names the fault
 */
export const prepared = (queue: string, jobs: readonly Job[]): readonly PreparedJob[] => {
  checkedName('The name of a queue', queue)
  return jobs.map(({ id, data, runAt }) => {
    checkedName('The id of a job', id)
    if (runAt !== undefined && !(Math.abs(runAt) <= endOfTime))
      throw new TypeError(`The job ${id} cannot run at ${runAt}`)
    return { id, json: JSON.stringify(data) ?? 'null', runAt: runAt ?? null }
  })
}

/** Removes the characters of a text that PostgreSQL cannot store. */
export const withoutNul = (text: string): string => text.replaceAll('\0', '').toWellFormed()

/** The stored text of an error: its message, cut to 2,000 characters. */
export const errorText = (error: unknown): string =>
  withoutNul(error instanceof Error ? error.message || error.name : String(error)).slice(0, 2_000)

/** Reports a failed attempt; an error of the listener is reported by `onError`. */
export const reportFailed = (
  onFailed: ((failed: FailedAttempt) => void) | undefined,
  failed: FailedAttempt,
  onError: (error: unknown) => void,
): void => {
  try {
    onFailed?.(failed)
  } catch (error) {
    onError(error)
  }
}

/** Backoff after an attempt, in ms: doubled with each, an hour at most. */
export const pauseAfter = (attempt: number, backoff: number): number =>
  Math.min(backoff * 2 ** (attempt - 1), 3_600_000)

/** Delay before a job that needs a newer version is taken again, in ms. */
export const newerVersionDelay = 2_000

/** Delay before a job of a process that stops is taken again, in ms: that process takes no more by then. */
export const interruptedDelay = 1_000

/** Retention of the ids of done jobs, in ms. */
export const keepDone = 3_600_000
