import { isDeepStrictEqual } from 'node:util'
import { compareTexts } from './matching.ts'
import type { ComparedRange, Comparison, Keyed } from './port.ts'

/** Last key of a page; undefined when the page is the last one. */
const lastOf = (page: readonly Keyed[], limit: number): string | undefined =>
  page.length < limit ? undefined : page.at(-1)?.[0]

/** The last key that both pages reach; undefined when both reach the end. */
const endOf = (a: string | undefined, b: string | undefined): string | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  return compareTexts(a, b) < 0 ? a : b
}

/** A document of one or both of two generations. */
export type Pair = { readonly key: string; readonly old?: unknown; readonly next?: unknown }

/** Documents of a range of keys, and its last key: the next range begins after it. Without one, it was the last range. */
export type MergedRange = { readonly pairs: readonly Pair[]; readonly end?: string }

/**
 * Merges a page of each of two generations, both in the order of keys and after the same key.
 * @param limit of documents of each page: a shorter page is the last one
 */
export const mergedRange = (
  older: readonly Keyed[],
  newer: readonly Keyed[],
  limit: number,
): MergedRange => {
  const end = endOf(lastOf(older, limit), lastOf(newer, limit))
  const within = (one: Keyed | undefined): Keyed | undefined =>
    one && (end === undefined || compareTexts(one[0], end) <= 0) ? one : undefined
  const pairs: Pair[] = []
  for (let [a, b] = [0, 0]; ;) {
    const [old, next] = [within(older[a]), within(newer[b])]
    const first = old ?? next
    if (!first) return { pairs, ...(end !== undefined && { end }) }
    const order = old && next ? compareTexts(old[0], next[0]) : old ? -1 : 1
    pairs.push({
      key: order > 0 && next ? next[0] : first[0],
      ...(order <= 0 && { old: old?.[1] }),
      ...(order >= 0 && { next: next?.[1] }),
    })
    if (order <= 0) a += 1
    if (order >= 0) b += 1
  }
}

/** The name of the count that a pair belongs to. */
export const kindOf = ({ old, next }: Pair): keyof Comparison => {
  if (next === undefined) return 'onlyOld'
  if (old === undefined) return 'onlyNew'
  return isDeepStrictEqual(old, next) ? 'same' : 'different'
}

/** The counts alone. */
export const countsOf = ({ same, different, onlyOld, onlyNew }: Comparison): Comparison => ({
  same,
  different,
  onlyOld,
  onlyNew,
})

/** Counts how two generations differ in a range of keys, by merging a page of each; parameters as of `mergedRange`. */
export const comparedRange = (
  older: readonly Keyed[],
  newer: readonly Keyed[],
  limit: number,
): ComparedRange => {
  const { pairs, end } = mergedRange(older, newer, limit)
  const counts = { same: 0, different: 0, onlyOld: 0, onlyNew: 0 }
  for (const pair of pairs) counts[kindOf(pair)] += 1
  return { ...counts, ...(end !== undefined && { end }) }
}
