import type { ChainEntry, LogDigests } from './port.ts'

/** A chain of digests in the memory of one process. */
export const memoryLogDigests = (): LogDigests => {
  const entries: ChainEntry[] = []
  return {
    last: async () => entries.at(-1),
    after: async (position, limit) =>
      entries.filter((one) => position === undefined || one.position > position).slice(0, limit),
    add: async (after, entry) => {
      if (entries.at(-1)?.position !== after) return false
      entries.push(entry)
      return true
    },
  }
}
