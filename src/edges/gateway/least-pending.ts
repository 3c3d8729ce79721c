/** Anything that has so much to do just now. */
type Busy = { readonly pending: number }

/**
 * Picks who has least to do; among equals, each in turn.
 * @returns undefined when there is nobody
 */
export const leastPending = (): (<T extends Busy>(among: readonly T[]) => T | undefined) => {
  let turn = 0
  return (among) => {
    if (among.length <= 1) return among[0]
    const least = Math.min(...among.map(({ pending }) => pending))
    const equals = among.filter(({ pending }) => pending === least)
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER
    return equals[turn % equals.length]
  }
}
