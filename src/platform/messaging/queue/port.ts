/** Work that is run later, or by another process. */
export type Job = {
  /** Derived from the cause of the job: the same id is never queued twice. */
  readonly id: string
  /** A JSON value. */
  readonly data: unknown
  /** Earliest time of the first attempt, in ms since 1970. Default: now. */
  readonly runAt?: number
}

/** One attempt at a job. */
export type Attempt = {
  readonly id: string
  readonly data: unknown
  /** Number of the attempt, from 1. An attempt whose process died counts. */
  readonly attempt: number
}

/** A failed attempt. */
export type FailedAttempt = {
  readonly queue: string
  readonly id: string
  readonly attempt: number
  readonly error: unknown
  /** Whether it was the last attempt, so that the job was parked. */
  readonly parked: boolean
}

/** A job whose attempts are used up, with the error of the last one. */
export type GivenUpJob = Omit<Attempt, 'attempt'> & { readonly error: unknown }

/** Options of adding jobs. */
export type AddOptions = {
  /**
   * Time that the jobs may wait to be added together with others, in ms, which saves a statement. Default 0: they do not wait.
   */
  readonly linger?: number
}

/** Options of a worker. */
export type WorkerOptions = {
  /** Limit of concurrent attempts. Default 16. */
  readonly concurrency?: number
  /** Number of attempts before a job is parked. Default 5. */
  readonly attempts?: number
  /** Backoff after the first failure in ms, doubled with each further one up to an hour. Default 200. */
  readonly backoff?: number
  /**
   * Reports that a job is given up: its attempts are used up, or the process of its last one died. The job is parked once this
   * resolves; when it throws, the report is retried with a backoff of at most a minute, by any process. So it is made at least
   * once for every parked job.
   */
  readonly onGivenUp?: (job: GivenUpJob) => Promise<void>
  /** Called with every failed attempt, and every failed report that a job is given up, for logs and metrics. */
  readonly onFailed?: (failed: FailedAttempt) => void
}

/** A dead letter: a job whose attempts are used up. */
export type ParkedJob = {
  readonly queue: string
  readonly id: string
  readonly data: unknown
  readonly error: string
  readonly attempts: number
  /** ISO 8601, UTC. */
  readonly failedAt: string
}

/** Numbers of jobs of a queue by state. A job between two attempts is delayed. */
export type QueueCounts = {
  readonly waiting: number
  readonly delayed: number
  readonly active: number
  readonly parked: number
}

/**
 * Durable jobs, run at least once: an added job is run until its handler succeeds or its attempts are used up; then it is given
 * up, which is reported, and parked until an operator retries it. Jobs of a process that dies are run by others; as long as the
 * process lives, no job is run twice at once. Jobs run roughly in the order in which they are due.
 */
export type Queue = {
  /**
   * Adds jobs; they are durable when the promise resolves. Ids that are queued or parked, or were done within the last hour, are
   * skipped.
   * @throws Unavailable when it is unknown whether they were added; add them again
   * @throws TypeError when a name, an id, a time or the data cannot be stored; then none of these jobs is added
   */
  readonly add: (queue: string, jobs: readonly Job[], options?: AddOptions) => Promise<void>
  /**
   * Starts a worker. An attempt fails when the handler throws; its result is ignored. When it throws `NewerVersion` or
   * `Interrupted`, the job is returned to the queue, for any process to take, and the attempt does not count.
   * @throws Unavailable when the queue cannot be reached at the start; the worker recovers from later outages
   */
  readonly work: (
    queue: string,
    handler: (attempt: Attempt) => Promise<void>,
    options?: WorkerOptions,
  ) => Promise<QueueWorker>
  /** Returns the parked jobs of all queues, newest first; at most `limit`, default 100. */
  readonly parked: (limit?: number) => Promise<readonly ParkedJob[]>
  /** Returns the numbers of parked jobs of all queues that have some. */
  readonly parkedCounts: () => Promise<
    readonly { readonly queue: string; readonly parked: number }[]
  >
  /** Retries a parked job, with all its attempts. @returns false if the job is not parked */
  readonly retry: (queue: string, id: string) => Promise<boolean>
  readonly counts: (queue: string) => Promise<QueueCounts>
  /** Stops every worker of this queue, and closes the connections that the queue opened itself. */
  readonly close: () => Promise<void>
}

/** A running worker. */
export type QueueWorker = {
  /** Stops taking jobs, and resolves when the running ones are finished. */
  readonly stop: () => Promise<void>
}

/** Limit of the name of a queue and of the id of a job, in characters. */
export const maxNameLength = 400
