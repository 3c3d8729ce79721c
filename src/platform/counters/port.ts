/** How often something has happened lately. */
export type Counted = {
  /** Within the present window, this time included. */
  readonly count: number
  /** When the window ends, in ms from now; more than 0. */
  readonly resetMs: number
}

/**
 * Counts what must not happen too often. A window begins with the first count of a key and ends by itself; then the key
 * is forgotten. Nothing here lasts: losing all counts costs no more than a few more tries.
 */
export type Counters = {
  /**
   * Counts once more, atomically.
   * @param key what is counted
   * @param windowMs how long a window is that begins with this; one that has begun keeps its length
   * @throws Unavailable when nobody can count now
   */
  readonly add: (key: string, windowMs: number) => Promise<Counted>
  /** Forgets a key. @throws Unavailable */
  readonly clear: (key: string) => Promise<void>
}
