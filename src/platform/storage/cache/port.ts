/** A cached entry. */
export type Kept = {
  /** Not to be changed: others may be given the same bytes. */
  readonly value: Buffer
  /** The remaining time to live, in ms; more than 0. */
  readonly leftMs: number
}

/**
 * Keeps what is cheaper to keep than to make again. Nothing here lasts and nothing here fails: where a store is away,
 * nothing is found and nothing is stored.
 */
export type Cache = {
  /** @param isGood what it is not true of counts as missing; default: anything is good */
  readonly get: (key: string, isGood?: (kept: Kept) => boolean) => Promise<Kept | undefined>
  /** Keeps bytes in the place of what was there. @param ttlMs so long at the most; 0 or less keeps nothing */
  readonly set: (key: string, value: Buffer, ttlMs: number) => Promise<void>
}
