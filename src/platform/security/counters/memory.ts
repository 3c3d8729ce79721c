import { boundedCache } from '../../bounded-cache.ts'
import type { Counters } from './port.ts'

/** Interval at which keys whose windows have ended are removed, in ms. */
const sweepEvery = 60_000

/**
 * Counters in the memory of one process; other processes do not see them.
 * @param options.clock ms
 * @param options.most limit of keys; beyond it the key that was counted longest ago is evicted
 */
export const memoryCounters = ({
  clock = () => performance.now(),
  most = 200_000,
}: { readonly clock?: () => number; readonly most?: number } = {}): Counters => {
  const windows = boundedCache<string, { count: number; readonly end: number }>(most)
  let sweptAt = clock()
  /** Removes keys whose windows have ended: keys contain the ids and addresses of people, and are stored no longer than needed. */
  const sweep = (now: number): void => {
    if (now - sweptAt < sweepEvery) return
    sweptAt = now
    for (const [key, { end }] of windows.entries()) if (end <= now) windows.delete(key)
  }

  return {
    add: async (key, windowMs) => {
      const now = clock()
      sweep(now)
      const known = windows.get(key)
      const window = known && known.end > now ? known : { count: 0, end: now + windowMs }
      if (window !== known) windows.set(key, window)
      window.count += 1
      return { count: window.count, resetMs: Math.min(windowMs, window.end - now) }
    },
    clear: async (key) => {
      windows.delete(key)
    },
  }
}
