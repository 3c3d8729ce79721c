import { latestFirst, matcherOf } from './matching.ts'
import type { LogEntry, LogStore } from './port.ts'

/** Log lines in memory, for tests. */
export const memoryLogs = (): LogStore => {
  const entries = new Map<string, LogEntry>()
  return {
    write: async (some) => some.forEach((entry) => void entries.set(entry.id, entry)),
    find: async (query) =>
      [...entries.values()].filter(matcherOf(query)).toSorted(latestFirst).slice(0, query.limit),
    close: async () => undefined,
  }
}
