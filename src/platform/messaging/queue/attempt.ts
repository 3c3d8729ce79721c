import { Interrupted } from '../../interrupted.ts'
import { NewerVersion } from '../../newer-version.ts'
import type { Attempt, WorkerOptions } from './port.ts'
import { interruptedDelay, newerVersionDelay, pauseAfter, reportFailed } from './validate-jobs.ts'

/** An attempt, with the error of the one before it, if that was recorded. */
export type TakenAttempt = Attempt & { readonly lastError?: string | undefined }

/** Outcome of an attempt. */
export type Ended =
  | { readonly outcome: 'done' }
  /** `pause` is in ms. */
  | {
      readonly outcome: 'retry'
      readonly error: unknown
      readonly pause: number
      /** The job is left to a newer version of Agora, or to another process: the attempt does not count. */
      readonly uncounted?: true
    }
  | { readonly outcome: 'parked'; readonly error: unknown }

/** Longest backoff between reports that a job is given up, in ms. */
const longestReportPause = 60_000

/** Backoff after a failure, in ms; once the attempts are used up, the backoff of the report. */
export const pauseBefore = (failures: number, attempts: number, backoff: number): number =>
  failures < attempts
    ? pauseAfter(failures, backoff)
    : Math.min(pauseAfter(failures, backoff), longestReportPause)

/**
 * Makes attempts at the jobs of one queue: runs the handler, or reports that a job is given up, and returns the outcome. Shared
 * by the adapters.
 * @param onError called with errors of listeners, and with jobs that are left to a newer version
 */
export const attemptsAt =
  (
    queue: string,
    handler: (attempt: Attempt) => Promise<void>,
    { attempts = 5, backoff = 200, onFailed, onGivenUp }: WorkerOptions,
    onError: (error: unknown) => void,
  ) =>
  async ({ id, data, attempt, lastError }: TakenAttempt): Promise<Ended> => {
    const failed = (error: unknown, parked: boolean) =>
      reportFailed(onFailed, { queue, id, attempt, error, parked }, onError)
    const retryLater = (error: unknown): Ended => ({
      outcome: 'retry',
      error,
      pause: pauseBefore(attempt, attempts, backoff),
    })
    const leftToNewer = (error: NewerVersion): Ended => {
      onError(error)
      return { outcome: 'retry', error, pause: newerVersionDelay, uncounted: true }
    }
    try {
      // Beyond the limit of attempts: the process of the last one died, or the report that the job is given up failed.
      if (attempt > attempts) throw new Error(lastError ?? 'The process of each attempt died')
      await handler({ id, data, attempt })
      return { outcome: 'done' }
    } catch (error) {
      if (error instanceof NewerVersion) return leftToNewer(error)
      if (error instanceof Interrupted)
        return { outcome: 'retry', error, pause: interruptedDelay, uncounted: true }
      if (attempt < attempts) {
        failed(error, false)
        return retryLater(error)
      }
      try {
        await onGivenUp?.({ id, data, error })
      } catch (unreported) {
        if (unreported instanceof NewerVersion) return leftToNewer(unreported)
        failed(unreported, false)
        return retryLater(error)
      }
      failed(error, true)
      return { outcome: 'parked', error }
    }
  }
