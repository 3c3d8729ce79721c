import { Unavailable } from '../../unavailable.ts'
import type { Counters } from './port.ts'

/**
 * Counts in two places, so that the far one may go away: then what this process has counted itself goes on at once.
 * @param far of all processes
 * @param near of this one; never away
 */
export const withLocalFallback = (far: Counters, near: Counters): Counters => {
  const or = async <T>(asked: Promise<T>, instead: T): Promise<T> => {
    try {
      return await asked
    } catch (error) {
      if (error instanceof Unavailable) return instead
      throw error
    }
  }
  return {
    add: async (key, windowMs) => or(far.add(key, windowMs), await near.add(key, windowMs)),
    clear: async (key) => or(far.clear(key), await near.clear(key)),
  }
}
