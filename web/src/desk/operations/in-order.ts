import type { DeadLetter } from './operations-queries.ts'

/** Orders dead letters by their positions in the log; jobs have none and come last, the oldest first. */
export const inOrder = (
  letters: readonly Pick<DeadLetter, 'id' | 'position' | 'at'>[],
): readonly Pick<DeadLetter, 'id' | 'position' | 'at'>[] =>
  letters.toSorted((a, b) => {
    if (a.position !== undefined && b.position !== undefined) {
      const distance = BigInt(a.position) - BigInt(b.position)
      return distance < 0n ? -1 : distance > 0n ? 1 : 0
    }
    if (a.position === undefined && b.position === undefined) return a.at < b.at ? -1 : 1
    return a.position === undefined ? 1 : -1
  })
