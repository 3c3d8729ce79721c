/** Anything with a number of pending requests. */
type Loaded = { readonly pending: number }

/**
 * Creates a picker of the candidate with the fewest pending requests, round robin among equals.
 * @returns the picker; it returns undefined for an empty list
 */
export const leastPending = (): (<T extends Loaded>(among: readonly T[]) => T | undefined) => {
  let turn = 0
  return (among) => {
    if (among.length <= 1) return among[0]
    const least = Math.min(...among.map(({ pending }) => pending))
    const equals = among.filter(({ pending }) => pending === least)
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER
    return equals[turn % equals.length]
  }
}
