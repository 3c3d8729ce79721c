import type { EventReaders } from './port.ts'

/** Event readers in the memory of one process. */
export const memoryEventReaders = (): EventReaders => {
  const all = new Map<string, Set<string>>()
  return {
    declare: async (reads) => {
      for (const [reader, types] of reads)
        all.set(reader, new Set([...(all.get(reader) ?? []), ...types]))
    },
    readBy: async (reader) => new Set(all.get(reader)),
  }
}
