/** Finished jobs as columns: queue, holder and id of each. */
export type FinishedColumns = readonly [
  queues: readonly string[],
  holders: readonly string[],
  ids: readonly string[],
]

type Waiting = {
  readonly queue: string
  readonly holder: string
  readonly ids: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Finished jobs that are not yet recorded as done. */
export type FinishedJobs = {
  /** Resolves once these are recorded. @throws what the recording statement throws */
  readonly record: (queue: string, holder: string, ids: readonly string[]) => Promise<void>
  /** Runs a statement that also records the waiting jobs. @param run gets the columns, which may be empty */
  readonly along: <T>(run: (columns: FinishedColumns) => Promise<T>) => Promise<T>
  /** Records the waiting jobs at once, by a statement of its own. */
  readonly flush: () => void
}

/** Limit of waiting jobs. */
const most = 512

/**
 * Collects finished jobs, so that many are recorded by one statement: the next one of the queue, or one of their own after
 * `pace`.
 * @param send records jobs by a statement of its own
 * @param pace time that a job waits for another statement, in ms
 */
export const finishedJobs = (
  send: (columns: FinishedColumns) => Promise<unknown>,
  pace: number,
): FinishedJobs => {
  let waiting: Waiting[] = []
  let count = 0
  let timer: NodeJS.Timeout | undefined

  const along = async <T>(run: (columns: FinishedColumns) => Promise<T>): Promise<T> => {
    const batch = waiting
    waiting = []
    count = 0
    clearTimeout(timer)
    timer = undefined
    const columns: FinishedColumns = [
      batch.flatMap(({ queue, ids }) => ids.map(() => queue)),
      batch.flatMap(({ holder, ids }) => ids.map(() => holder)),
      batch.flatMap(({ ids }) => ids),
    ]
    try {
      const answer = await run(columns)
      for (const { resolve } of batch) resolve()
      return answer
    } catch (error) {
      for (const { reject } of batch) reject(error)
      throw error
    }
  }

  const flush = (): void => {
    // The error is passed to each waiting job by its own promise.
    if (waiting.length > 0) along(send).catch(() => undefined)
  }

  return {
    record: (queue, holder, ids) =>
      new Promise((resolve, reject) => {
        waiting.push({ queue, holder, ids, resolve, reject })
        count += ids.length
        if (count >= most) flush()
        else timer ??= setTimeout(flush, pace)
      }),
    along,
    flush,
  }
}
