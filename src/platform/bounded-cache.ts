import { LRUCache } from 'lru-cache'

/** A cache of at most so many entries, or of entries of at most so many bytes, which evicts the one that was used longest ago. */
export type BoundedCache<Key extends {}, Value extends {}> = LRUCache<Key, Value>

/**
 * Creates a cache whose memory grows with its entries: with a limit of their number, the package allocates memory for all
 * of them at once, with a limit of their size it does not.
 * @param most limit of entries, or of the sum of their sizes
 * @param sizeOf size of an entry, from 1; default: 1. An entry above the limit is kept alone
 */
export const boundedCache = <Key extends {}, Value extends {}>(
  most: number,
  sizeOf: (value: Value) => number = () => 1,
): BoundedCache<Key, Value> =>
  new LRUCache({ maxSize: most, sizeCalculation: (value) => Math.min(sizeOf(value), most) })
