import { LRUCache } from 'lru-cache'
import type { Cache } from './port.ts'

/** Memory of an entry beside its key and its value, in bytes, roughly. */
const overhead = 200

/**
 * Cache in the memory of one process.
 * @param options.bytes limit of all entries; beyond it the least recently read entry is evicted. Default: 32 MiB
 * @param options.clock ms
 */
export const memoryCache = ({
  bytes = 32 * 1024 * 1024,
  clock = () => performance.now(),
}: { readonly bytes?: number; readonly clock?: () => number } = {}): Cache => {
  const entries = new LRUCache<string, { readonly value: Buffer; readonly end: number }>({
    maxSize: bytes,
    sizeCalculation: ({ value }, key) => overhead + 2 * key.length + value.length,
  })
  return {
    get: async (key, isGood = () => true) => {
      const entry = entries.get(key)
      if (!entry) return undefined
      const leftMs = entry.end - clock()
      if (leftMs <= 0) {
        entries.delete(key)
        return undefined
      }
      const found = { value: entry.value, leftMs }
      return isGood(found) ? found : undefined
    },
    set: async (key, value, ttlMs) => {
      if (ttlMs > 0) entries.set(key, { value, end: clock() + ttlMs })
      else entries.delete(key)
    },
  }
}
