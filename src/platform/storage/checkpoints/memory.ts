import type { Checkpoints } from './port.ts'

/** Checkpoints in the memory of one process. */
export const memoryCheckpoints = (): Checkpoints => {
  const positions = new Map<string, bigint>()
  return {
    load: async (name) => positions.get(name) ?? 0n,
    begin: async (name, position) => {
      if (!positions.has(name)) positions.set(name, position)
    },
    save: async (name, from, to) => {
      if ((positions.get(name) ?? 0n) !== from) return false
      positions.set(name, to)
      return true
    },
  }
}
