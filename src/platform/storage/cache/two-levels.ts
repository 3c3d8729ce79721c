import type { Cache } from './port.ts'

/**
 * Cache of two levels: entries of the shared cache are also cached locally, with the same time to live.
 * @param near the cache of this process
 * @param far the cache of all processes
 */
export const twoLevels = (near: Cache, far: Cache): Cache => ({
  get: async (key, isGood) => {
    const here = await near.get(key, isGood)
    if (here) return here
    const there = await far.get(key, isGood)
    if (there) await near.set(key, there.value, there.leftMs)
    return there
  },
  set: async (key, value, ttlMs) => {
    await near.set(key, value, ttlMs)
    await far.set(key, value, ttlMs)
  },
})
