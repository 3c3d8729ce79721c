import { Unavailable } from '../../unavailable.ts'
import type { Counters } from './port.ts'

/**
 * Counters that are incremented in a shared store and in this process. While the shared store is unavailable, the counts of
 * this process are returned instead.
 * @param far the counters of all processes
 * @param near the counters of this process; always available
 */
export const withLocalFallback = (far: Counters, near: Counters): Counters => {
  const or = async <T>(shared: Promise<T>, local: T): Promise<T> => {
    try {
      return await shared
    } catch (error) {
      if (error instanceof Unavailable) return local
      throw error
    }
  }
  return {
    add: async (key, windowMs) => or(far.add(key, windowMs), await near.add(key, windowMs)),
    clear: async (key) => or(far.clear(key), await near.clear(key)),
  }
}
