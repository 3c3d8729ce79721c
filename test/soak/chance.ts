/** Random choices that follow from a seed. */
export type Chance = {
  /** A number of at least 0 and less than 1. */
  readonly next: () => number
  /** An integer of at least 0 and less than `below`. */
  readonly below: (below: number) => number
  /** One of several; undefined of none. */
  readonly oneOf: <T>(items: readonly T[]) => T | undefined
  /** Whether something of this probability happens. */
  readonly happens: (probability: number) => boolean
}

/** Creates a generator. @param seed an integer. Algorithm: Mulberry32 by Tommy Ettinger (public domain) */
export const chance = (seed: number): Chance => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    oneOf: (items) => items[below(items.length)],
    happens: (probability) => next() < probability,
  }
}
