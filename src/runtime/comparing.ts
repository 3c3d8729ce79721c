import type { Comparison, DocumentStore, Generation } from '../platform/storage/documents/port.ts'

/** Pace of a comparison of two generations, which are not folded meanwhile. */
export type ComparingPace = {
  /** Most documents of each generation that are compared at once. */
  readonly limit: number
  /** A pause in folding ends with the first range that ends later than so many ms after its begin. */
  readonly longestPause: number
}

/** Readers that wait for a position hardly notice a pause of this length. */
export const defaultPace: ComparingPace = { limit: 1_000, longestPause: 200 }

/** A comparison of two generations, range by range of their keys. */
export type Comparing<Result> = {
  /** The generation that is compared with the live one. */
  readonly next: Generation
  /**
   * Compares the next ranges, for as long as a pause may take; both generations stand at one position until it resolves.
   * @param position the one that they stand at
   * @returns the whole comparison once no range is left; undefined before
   */
  readonly goOn: (position: bigint) => Promise<Result | undefined>
}

/**
 * Begins to compare two generations. Each document is compared once, at a position that both generations had reached; one
 * that is created in a range that was compared already is not counted.
 * @param check called before each range; throws to end the comparison
 */
export const beginComparing = (
  documents: Pick<DocumentStore, 'compare'>,
  live: Generation,
  next: Generation,
  { limit, longestPause, check }: ComparingPace & { readonly check: () => void },
): Comparing<Comparison> => {
  let counts: Comparison = { same: 0, different: 0, onlyOld: 0, onlyNew: 0 }
  let after: string | undefined
  return {
    next,
    goOn: async () => {
      const begun = performance.now()
      do {
        check()
        const { end, same, different, onlyOld, onlyNew } = await documents.compare(live, next, {
          limit,
          ...(after !== undefined && { after }),
        })
        counts = {
          same: counts.same + same,
          different: counts.different + different,
          onlyOld: counts.onlyOld + onlyOld,
          onlyNew: counts.onlyNew + onlyNew,
        }
        if (end === undefined) return counts
        after = end
      } while (performance.now() - begun < longestPause)
      return undefined
    },
  }
}
