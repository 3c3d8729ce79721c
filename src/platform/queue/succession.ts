import type { Queue } from './port.ts'

/** The first of several answers that is a yes. */
const some = async (asks: readonly (() => Promise<boolean>)[]): Promise<boolean> => {
  for (const ask of asks) if (await ask()) return true
  return false
}

/**
 * A queue that takes the place of others: what is added goes into it, and what still waits in those before is worked on
 * as well, until there is nothing more.
 * @param now where jobs are added
 * @param before where jobs may wait still
 */
export const succeeding = (now: Queue, before: readonly Queue[]): Queue => {
  const all = [now, ...before]
  return {
    add: now.add,
    work: async (...work) => {
      const workers = await Promise.all(all.map((queue) => queue.work(...work)))
      return { stop: async () => void (await Promise.all(workers.map(({ stop }) => stop()))) }
    },
    parked: async (limit = 100) => {
      const lists = await Promise.all(all.map((queue) => queue.parked(limit)))
      return lists
        .flat()
        .toSorted((a, b) => (a.failedAt < b.failedAt ? 1 : -1))
        .slice(0, limit)
    },
    retry: (name, id) => some(all.map((queue) => () => queue.retry(name, id))),
    counts: async (name) => {
      const counts = await Promise.all(all.map((queue) => queue.counts(name)))
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
