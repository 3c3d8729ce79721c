import type { Cache } from './port.ts'

/**
 * Keeps what is far away near as well, for as long as it is kept there.
 * @param near of this process
 * @param far of all processes
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
