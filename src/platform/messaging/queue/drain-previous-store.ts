import { Unavailable } from '../../unavailable.ts'
import type { Queue } from './port.ts'

/**
 * Whether one of several says yes, asked one after the other.
 * @throws Unavailable when none does, and one that may could not be asked
 */
const some = async (asks: readonly (() => Promise<boolean>)[]): Promise<boolean> => {
  let away: Unavailable | undefined
  for (const ask of asks)
    try {
      if (await ask()) return true
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      away ??= error
    }
  if (away) throw away
  return false
}

/** Waits for one of several that may be away. @returns nothing when it is */
const unlessAway = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Unavailable) return undefined
    throw error
  }
}

/**
 * A queue that takes the place of others: what is added goes into it, and what still waits in those before is worked on
 * as well, until there is nothing more. One from before that is away is left out of what is seen.
 * @param now where jobs are added
 * @param before where jobs may wait still
 */
export const drainPreviousStore = (now: Queue, before: readonly Queue[]): Queue => {
  const all = [now, ...before]
  /** What there is to see now, and before, where that can be reached. */
  const seen = async <T>(look: (queue: Queue) => Promise<T>): Promise<readonly T[]> => {
    const looks = [look(now), ...before.map((queue) => unlessAway(look(queue)))]
    return (await Promise.all(looks)).filter((it) => it !== undefined)
  }
  return {
    add: now.add,
    work: async (...work) => {
      const workers = await Promise.all(all.map((queue) => queue.work(...work)))
      return { stop: async () => void (await Promise.all(workers.map(({ stop }) => stop()))) }
    },
    parked: async (limit = 100) => {
      const lists = await seen((queue) => queue.parked(limit))
      return lists
        .flat()
        .toSorted((a, b) => (a.failedAt < b.failedAt ? 1 : -1))
        .slice(0, limit)
    },
    retry: (name, id) => some(all.map((queue) => () => queue.retry(name, id))),
    counts: async (name) => {
      const counts = await seen((queue) => queue.counts(name))
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
