import { isDeepStrictEqual } from 'node:util'
import { compareTexts } from './matching.ts'
import type { ComparedRange, Keyed } from './port.ts'

/** Last key of a page; undefined when the page is the last one. */
const lastOf = (page: readonly Keyed[], limit: number): string | undefined =>
  page.length < limit ? undefined : page.at(-1)?.[0]

/** The last key that both pages reach; undefined when both reach the end. */
const endOf = (a: string | undefined, b: string | undefined): string | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  return compareTexts(a, b) < 0 ? a : b
}

/**
 * Counts how two generations differ in a range of keys, by merging a page of each, both in the order of keys and after the
 * same key.
 * @param limit of documents of each page: a shorter page is the last one
 */
export const comparedRange = (
  older: readonly Keyed[],
  newer: readonly Keyed[],
  limit: number,
): ComparedRange => {
  const end = endOf(lastOf(older, limit), lastOf(newer, limit))
  const within = (one: Keyed | undefined): Keyed | undefined =>
    one && (end === undefined || compareTexts(one[0], end) <= 0) ? one : undefined
  const counts = { same: 0, different: 0, onlyOld: 0, onlyNew: 0 }
  for (let [a, b] = [0, 0]; ;) {
    const [old, next] = [within(older[a]), within(newer[b])]
    if (!old && !next) return { ...counts, ...(end !== undefined && { end }) }
    const order = old && next ? compareTexts(old[0], next[0]) : old ? -1 : 1
    if (order < 0) counts.onlyOld += 1
    else if (order > 0) counts.onlyNew += 1
    else if (isDeepStrictEqual(old?.[1], next?.[1])) counts.same += 1
    else counts.different += 1
    if (order <= 0) a += 1
    if (order >= 0) b += 1
  }
}
