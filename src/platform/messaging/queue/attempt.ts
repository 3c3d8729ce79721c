import { NewerVersion } from '../../newer-version.ts'
import type { Attempt, WorkerOptions } from './port.ts'
import { leftFor, pauseAfter, tellFailed } from './validate-jobs.ts'

/** An attempt, and what the last one before it failed with, if that was recorded. */
export type TakenAttempt = Attempt & { readonly lastError?: string | undefined }

/** How an attempt ended. */
export type Ended =
  | { readonly outcome: 'done' }
  /** `pause` is in ms. */
  | {
      readonly outcome: 'again'
      readonly error: unknown
      readonly pause: number
      /** It was given back for a newer version of Agora: the attempt does not count. */
      readonly uncounted?: true
    }
  | { readonly outcome: 'parked'; readonly error: unknown }

/** The longest pause before it is reported again that a job is given up, ms. */
const longestReportPause = 60_000

/** @returns how long to wait after a failure, in ms; the attempts of a job that is given up are used up */
export const pauseBefore = (failures: number, attempts: number, backoff: number): number =>
  failures < attempts
    ? pauseAfter(failures, backoff)
    : Math.min(pauseAfter(failures, backoff), longestReportPause)

/**
 * Makes attempts at the jobs of one queue: runs the handler, or reports that a job is given up, and says what is to
 * become of the job. For the adapters, which all keep the same promises by it.
 * @param onError told of a listener that fails, and of what is left to a newer version
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
      tellFailed(onFailed, { queue, id, attempt, error, parked }, onError)
    const again = (error: unknown): Ended => ({
      outcome: 'again',
      error,
      pause: pauseBefore(attempt, attempts, backoff),
    })
    const leftToNewer = (error: NewerVersion): Ended => {
      onError(error)
      return { outcome: 'again', error, pause: leftFor, uncounted: true }
    }
    try {
      // It was taken once more than allowed: the process died with it, or it could not be reported that it is given up.
      if (attempt > attempts) throw new Error(lastError ?? 'No worker lived to finish it')
      await handler({ id, data, attempt })
      return { outcome: 'done' }
    } catch (error) {
      if (error instanceof NewerVersion) return leftToNewer(error)
      if (attempt < attempts) {
        failed(error, false)
        return again(error)
      }
      try {
        await onGivenUp?.({ id, data, error })
      } catch (unreported) {
        if (unreported instanceof NewerVersion) return leftToNewer(unreported)
        failed(unreported, false)
        return again(error)
      }
      failed(error, true)
      return { outcome: 'parked', error }
    }
  }
