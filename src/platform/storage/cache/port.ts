/** A cached entry. */
export type CacheEntry = {
  /** Not to be changed: other callers may get the same buffer. */
  readonly value: Buffer
  /** The remaining time to live, in ms; more than 0. */
  readonly leftMs: number
}

/**
 * Cache of bytes by key. Entries are not durable, and no method fails: while the store is unavailable, `get` returns undefined
 * and `set` has no effect.
 */
export type Cache = {
  /** Returns an entry. @param isGood an entry for which it is false counts as missing; default: every entry is good */
  readonly get: (
    key: string,
    isGood?: (entry: CacheEntry) => boolean,
  ) => Promise<CacheEntry | undefined>
  /** Stores an entry in place of the earlier one. @param ttlMs time to live, in ms; with 0 or less the entry is removed */
  readonly set: (key: string, value: Buffer, ttlMs: number) => Promise<void>
}
