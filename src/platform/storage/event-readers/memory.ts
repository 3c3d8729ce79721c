import type { EventReaders } from './port.ts'

/** What is read, within one process. */
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
