import { Unavailable } from '../../unavailable.ts'
import type { Queue } from './port.ts'

/**
 * Whether one of several checks returns true; they run one after the other.
 * @throws Unavailable when none is true and one was unavailable
 */
const some = async (checks: readonly (() => Promise<boolean>)[]): Promise<boolean> => {
  let unavailable: Unavailable | undefined
  for (const check of checks)
    try {
      if (await check()) return true
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      unavailable ??= error
    }
  if (unavailable) throw unavailable
  return false
}

/** Result of a read; undefined if the store is unavailable. */
const ifAvailable = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read
  } catch (error) {
    if (error instanceof Unavailable) return undefined
    throw error
  }
}

/**
 * A queue that replaces others: jobs are added to the present one, and the jobs of the previous ones are run as well until they
 * are empty. A previous queue that is unavailable is left out of lists and counts.
 * @param now the queue to which jobs are added
 * @param before queues that may still have jobs
 */
export const drainPreviousStore = (now: Queue, before: readonly Queue[]): Queue => {
  const all = [now, ...before]
  /** Results of the present queue, and of the previous ones that are available. */
  const readAll = async <T>(read: (queue: Queue) => Promise<T>): Promise<readonly T[]> => {
    const reads = [read(now), ...before.map((queue) => ifAvailable(read(queue)))]
    return (await Promise.all(reads)).filter((it) => it !== undefined)
  }
  return {
    add: now.add,
    work: async (...work) => {
      const workers = await Promise.all(all.map((queue) => queue.work(...work)))
      return { stop: async () => void (await Promise.all(workers.map(({ stop }) => stop()))) }
    },
    parked: async (limit = 100) => {
      const lists = await readAll((queue) => queue.parked(limit))
      return lists
        .flat()
        .toSorted((a, b) => (a.failedAt < b.failedAt ? 1 : -1))
        .slice(0, limit)
    },
    parkedCounts: async () => {
      const lists = await readAll((queue) => queue.parkedCounts())
      return [...Map.groupBy(lists.flat(), ({ queue }) => queue)].map(([queue, counts]) => ({
        queue,
        parked: counts.reduce((total, { parked }) => total + parked, 0),
      }))
    },
    retry: (name, id) => some(all.map((queue) => () => queue.retry(name, id))),
    counts: async (name) => {
      const counts = await readAll((queue) => queue.counts(name))
      const sum = (of: keyof (typeof counts)[number]) =>
        counts.reduce((total, one) => total + one[of], 0)
      return {
        waiting: sum('waiting'),
        delayed: sum('delayed'),
        active: sum('active'),
        parked: sum('parked'),
      }
    },
    close: async () => void (await Promise.all(all.map((queue) => queue.close()))),
  }
}
