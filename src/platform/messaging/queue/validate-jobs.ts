import { maxNameLength, type FailedAttempt, type Job } from './port.ts'

/** A job, ready to be stored. */
export type PreparedJob = {
  readonly id: string
  /** Its data as JSON text. */
  readonly json: string
  /** ms since 1970; null for now. */
  readonly runAt: number | null
}

/** The last moment that a JavaScript date can be, in ms since 1970 (ECMA-262, 21.4.1.1). */
const endOfTime = 8.64e15

const checkedName = (what: string, name: string): string => {
  if (name.length === 0 || name.length > maxNameLength || name.includes('\0'))
    throw new TypeError(`${what} has 1 to ${maxNameLength} characters, none of them NUL`)
  return name
}

/**
 * Checks jobs before they are added together with those of others: one that cannot be kept must not fail its neighbours.
 * @throws TypeError which names what is wrong
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

/** A text without what PostgreSQL cannot store. */
export const withoutNul = (text: string): string => text.replaceAll('\0', '').toWellFormed()

/** What to keep of an error: its message, short enough for a list. */
export const errorText = (error: unknown): string =>
  withoutNul(error instanceof Error ? error.message || error.name : String(error)).slice(0, 2_000)

/** Tells of a failed attempt; a listener that fails itself is a mishap, and no more. */
export const tellFailed = (
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

/** The pause after an attempt in ms: doubled with each, an hour at the most. */
export const pauseAfter = (attempt: number, backoff: number): number =>
  Math.min(backoff * 2 ** (attempt - 1), 3_600_000)

/** For so long is a job left to processes of a newer version before this one looks at it again, in ms. */
export const leftFor = 2_000

/** How long the id of a job that is done is remembered, in ms. */
export const keepDone = 3_600_000
