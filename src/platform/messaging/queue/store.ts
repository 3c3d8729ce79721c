import type { TakenAttempt } from './attempt.ts'

/** Result of a take. */
export type Taken = {
  readonly attempts: readonly TakenAttempt[]
  /** Time until the next delayed job of the queue is due, in ms; undefined without one. */
  readonly nextIn: number | undefined
}

/** Outcome of an attempt, to be recorded. */
export type Settlement =
  | { readonly id: string; readonly outcome: 'done' }
  | {
      readonly id: string
      readonly outcome: 'retry'
      readonly error: string
      /** Time until the next attempt, in ms. */
      readonly pause: number
      /** The attempt does not count. */
      readonly uncounted?: true
    }
  | { readonly id: string; readonly outcome: 'parked'; readonly error: string }

/**
 * Store of jobs for `startWorker`. A taken job is leased to its holder until it is settled or released, or the lease expires;
 * calls of a holder about a job that it no longer holds have no effect.
 */
export type JobStore = {
  /** Duration of a lease, in ms. */
  readonly lease: number
  /**
   * Leases up to `most` due jobs, the longest due first. Concurrent takes may share a statement.
   */
  readonly take: (queue: string, holder: string, most: number) => Promise<Taken>
  /** Records the outcomes of attempts. Finished jobs may wait a moment to be recorded along with another statement. */
  readonly settle: (
    queue: string,
    holder: string,
    settlements: readonly Settlement[],
  ) => Promise<void>
  /** Renews the leases of these jobs. @returns the jobs that the holder still holds */
  readonly extend: (
    queue: string,
    holder: string,
    ids: readonly string[],
  ) => Promise<readonly string[]>
  /** Records the finished jobs that wait for another statement at once. */
  readonly flush?: () => void
  /** Releases jobs as if they had not been taken. */
  readonly release: (queue: string, holder: string, ids: readonly string[]) => Promise<void>
}
