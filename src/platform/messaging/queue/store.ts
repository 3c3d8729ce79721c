import type { TakenAttempt } from './attempt.ts'

/** What a worker was given. */
export type Taken = {
  readonly attempts: readonly TakenAttempt[]
  /** In how many ms the next job of the queue is due, when one waits for its time. */
  readonly nextIn: number | undefined
}

/** What became of an attempt. */
export type Settlement =
  | { readonly id: string; readonly outcome: 'done' }
  | {
      readonly id: string
      readonly outcome: 'again'
      readonly error: string
      /** ms until it may be tried again. */
      readonly pause: number
      /** The attempt does not count. */
      readonly uncounted?: true
    }
  | { readonly id: string; readonly outcome: 'parked'; readonly error: string }

/**
 * Where jobs are kept, as `startWorker` needs it. A job that was taken is leased to its holder, until it is settled or
 * released or the lease ends; whatever a holder says about a job that it no longer holds does not count.
 */
export type JobStore = {
  /** How long a lease lasts, ms. */
  readonly lease: number
  /**
   * Leases up to `most` jobs that are due, the longest due first. Several takes at once may share a statement.
   */
  readonly take: (queue: string, holder: string, most: number) => Promise<Taken>
  /** Records how attempts ended. Jobs that are done may wait a moment for a statement that is sent anyway. */
  readonly settle: (
    queue: string,
    holder: string,
    settlements: readonly Settlement[],
  ) => Promise<void>
  /** Starts the leases of these jobs anew. @returns those that are still the holder's */
  readonly extend: (
    queue: string,
    holder: string,
    ids: readonly string[],
  ) => Promise<readonly string[]>
  /** Records at once what waits for another statement. */
  readonly flush?: () => void
  /** Gives jobs back as if they had never been taken. */
  readonly release: (queue: string, holder: string, ids: readonly string[]) => Promise<void>
}
