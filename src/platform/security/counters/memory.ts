import { LRUCache } from 'lru-cache'
import { firstUse } from '#kernel'
import type { Counters } from './port.ts'

/** So often, in ms, are keys dropped whose windows have ended. */
const sweepEvery = 60_000

/**
 * Counts of one process; those of others are not known here.
 * @param options.clock ms
 * @param options.most so many keys are kept; of more, those that were counted longest ago are forgotten
 */
export const memoryCounters = ({
  clock = () => performance.now(),
  most = 200_000,
}: { readonly clock?: () => number; readonly most?: number } = {}): Counters => {
  // Takes its room at once, all of it.
  const windows = firstUse(
    () => new LRUCache<string, { count: number; readonly end: number }>({ max: most }),
  )
  let sweptAt = clock()
  /** Keys name people and where they came from: they are not kept for longer than they are of use. */
  const sweep = (now: number): void => {
    if (now - sweptAt < sweepEvery) return
    sweptAt = now
    for (const [key, { end }] of windows().entries()) if (end <= now) windows().delete(key)
  }

  return {
    add: async (key, windowMs) => {
      const now = clock()
      sweep(now)
      const known = windows().get(key)
      const window = known && known.end > now ? known : { count: 0, end: now + windowMs }
      if (window !== known) windows().set(key, window)
      window.count += 1
      return { count: window.count, resetMs: Math.min(windowMs, window.end - now) }
    },
    clear: async (key) => {
      windows().delete(key)
    },
  }
}
