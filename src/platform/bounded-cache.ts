import { LRUCache } from 'lru-cache'

/** A cache of at most so many entries, which evicts the one that was used longest ago. */
export type BoundedCache<Key extends {}, Value extends {}> = LRUCache<Key, Value>

/**
 * Creates a cache whose memory grows with its entries: with a limit of their number, the package allocates memory for all
 * of them at once, with a limit of their size it does not.
 * @param most limit of entries
 */
export const boundedCache = <Key extends {}, Value extends {}>(
  most: number,
): BoundedCache<Key, Value> => new LRUCache({ maxSize: most, sizeCalculation: () => 1 })
