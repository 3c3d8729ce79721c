/** A piece of work for later, or for elsewhere. */
export type Job = {
  /** Follows from what asked for it: the same id is never queued twice. */
  readonly id: string
  /** JSON. */
  readonly data: unknown
  /** When it may run at the earliest, ms since 1970. Default: now. */
  readonly runAt?: number
}

/** One attempt at a job. */
export type Attempt = Job & {
  /** Which attempt this is, from 1. */
  readonly attempt: number
}

export type WorkerOptions = {
  /** At most so many attempts at once. Default 16. */
  readonly concurrency?: number
  /** How often a job is tried before it is parked. Default 5. */
  readonly attempts?: number
  /** The pause after the first failure in ms, doubled with each further one. Default 200. */
  readonly backoff?: number
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

export type QueueCounts = {
  readonly waiting: number
  readonly delayed: number
  readonly active: number
  readonly parked: number
}

/**
 * Durable work, at least once: a job that was added is run until its handler succeeds or its attempts are used up;
 * then it is parked, for a person to see and to retry. A process that dies leaves its jobs to others.
 */
export type Queue = {
  /** Durable when the promise resolves. Ids that are queued, or were done lately, are passed over. */
  readonly add: (queue: string, jobs: readonly Job[]) => Promise<void>
  /** Starts to work on a queue. A handler that throws has failed; what it returns is ignored. */
  readonly work: (
    queue: string,
    handler: (attempt: Attempt) => Promise<void>,
    options?: WorkerOptions,
  ) => Promise<QueueWorker>
  /** The parked jobs, newest first. */
  readonly parked: (limit?: number) => Promise<readonly ParkedJob[]>
  /** Lets a parked job run again, its attempts counted anew. @returns false when it is not parked */
  readonly retry: (queue: string, id: string) => Promise<boolean>
  readonly counts: (queue: string) => Promise<QueueCounts>
  readonly close: () => Promise<void>
}

export type QueueWorker = {
  /** Takes no more jobs, and resolves when those in hand are finished. */
  readonly stop: () => Promise<void>
}
