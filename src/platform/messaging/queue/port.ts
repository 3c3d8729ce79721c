/** A piece of work for later, or for elsewhere. */
export type Job = {
  /** Derived from the cause of the job: the same id is never queued twice. */
  readonly id: string
  /** JSON. */
  readonly data: unknown
  /** When it may run at the earliest, ms since 1970. Default: now. */
  readonly runAt?: number
}

/** One attempt at a job. */
export type Attempt = {
  readonly id: string
  readonly data: unknown
  /** Which attempt this is, from 1. One that died with its process counts. */
  readonly attempt: number
}

/** An attempt that did not succeed. */
export type FailedAttempt = {
  readonly queue: string
  readonly id: string
  readonly attempt: number
  readonly error: unknown
  /** Whether it was the last one allowed. */
  readonly parked: boolean
}

/** A job whose attempts are used up, and why the last of them failed. */
export type GivenUpJob = Omit<Attempt, 'attempt'> & { readonly error: unknown }

export type AddOptions = {
  /**
   * The jobs may wait so many ms for others to be added with, where that saves a statement. Default 0: not at all.
   */
  readonly linger?: number
}

export type WorkerOptions = {
  /** At most so many attempts at once. Default 16. */
  readonly concurrency?: number
  /** How often a job is tried before it is parked. Default 5. */
  readonly attempts?: number
  /** The pause after the first failure in ms, doubled with each further one up to an hour. Default 200. */
  readonly backoff?: number
  /**
   * Reports that a job is given up: its attempts are used up, or its last one died with its process. The job is parked
   * once this resolves; when it throws, the report is made again after pauses of a minute at the most, by whichever
   * process has the job then. So it is made at least once for every job that is parked.
   */
  readonly onGivenUp?: (job: GivenUpJob) => Promise<void>
  /** Told of every attempt that failed, and of every failed report that a job is given up, for logs and metrics. */
  readonly onFailed?: (failed: FailedAttempt) => void
}

/** A job that failed for the last time it was allowed to. */
export type ParkedJob = {
  readonly queue: string
  readonly id: string
  readonly data: unknown
  readonly error: string
  readonly attempts: number
  /** ISO 8601, UTC. */
  readonly failedAt: string
}

/** How many jobs of a queue are where. A job between two attempts is delayed. */
export type QueueCounts = {
  readonly waiting: number
  readonly delayed: number
  readonly active: number
  readonly parked: number
}

/**
 * Durable work, at least once: a job that was added is run until its handler succeeds or its attempts are used up;
 * then it is given up, which is reported, and parked for a person to see and to retry. A process that dies leaves its
 * jobs to others; as long as it lives, no job is run twice at once. Jobs run roughly in the order in which they are due.
 */
export type Queue = {
  /**
   * Durable when the promise resolves. Ids that are queued or parked, or were done within the last hour, are passed over.
   * @throws Unavailable when it is not known whether they were added; add them again
   * @throws TypeError when a name, an id, a time or the data cannot be stored; then none of these jobs is added
   */
  readonly add: (queue: string, jobs: readonly Job[], options?: AddOptions) => Promise<void>
  /**
   * Starts to work on a queue. A handler that throws has failed; what it returns is ignored. One that throws
   * `NewerVersion` has not: the job is given back, to be taken again by whichever process.
   * @throws Unavailable when the queue cannot be reached at the start; later outages are waited out
   */
  readonly work: (
    queue: string,
    handler: (attempt: Attempt) => Promise<void>,
    options?: WorkerOptions,
  ) => Promise<QueueWorker>
  /** The parked jobs of all queues, newest first; at most `limit`, default 100. */
  readonly parked: (limit?: number) => Promise<readonly ParkedJob[]>
  /** Lets a parked job run again, its attempts counted anew. @returns false when it is not parked */
  readonly retry: (queue: string, id: string) => Promise<boolean>
  readonly counts: (queue: string) => Promise<QueueCounts>
  /** Stops every worker started here, and lets go of what the queue opened itself. */
  readonly close: () => Promise<void>
}

export type QueueWorker = {
  /** Takes no more jobs, and resolves when those in hand are finished. */
  readonly stop: () => Promise<void>
}

/** The most characters that the name of a queue or the id of a job may have. */
export const maxNameLength = 400
