import type { Searching } from '#kernel'
import { textIn } from '../documents/fields.ts'
import type { Highlight } from './port.ts'
import { wordsOf, type Word } from './words.ts'

/** How well a word of a text matches a word of a query; higher is better, 0 is not at all. */
export const levels = { exact: 4, prefix: 3, typo: 2, part: 1, none: 0 } as const

/** Most searched fields of a read model: scores of a word stay apart. */
const mostFields = 16

/** Typos that a word of a query may differ by: one from 3 letters on, two from 8 on. */
export const typosOf = (wanted: string): 0 | 1 | 2 => {
  const { length } = Array.from(wanted)
  return length < 3 ? 0 : length < 8 ? 1 : 2
}

/** The letters of a word, a bit for each; several letters share one. */
const lettersIn = (word: string): number => {
  let bits = 0
  for (let at = 0; at < word.length; at += 1) {
    const unit = word.charCodeAt(at)
    // Of a letter of two code units, the second one alone: each letter has one bit.
    if (unit < 0xd800 || unit > 0xdbff) bits |= 1 << (unit & 31)
  }
  return bits
}

/** Number of bits that are set. */
const countOf = (bits: number): number => {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count += 1
  return count
}

/**
 * Whether two words may differ by at most so many typos, by their letters alone: it rules out most words of a long text at
 * a fraction of the effort. A typo takes away one letter at most, and adds one at most.
 */
const mayBeWithin = (typos: number, left: string, right: string): boolean => {
  const [a, b] = [lettersIn(left), lettersIn(right)]
  return countOf(a & ~b) <= typos && countOf(b & ~a) <= typos
}

/**
 * Whether two words differ by at most so many typos: letters inserted, deleted, replaced, or swapped with their neighbour
 * (optimal string alignment distance, which no piece of a word is changed twice in).
 */
const isWithin = (typos: number, left: string, right: string): boolean => {
  const [a, b] = [Array.from(left), Array.from(right)]
  if (Math.abs(a.length - b.length) > typos) return false
  let [before, last] = [[] as number[], b.map((_, at) => at + 1)]
  last.unshift(0)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    if (Math.min(...row) > typos) return false
    ;[before, last] = [last, row]
  }
  return last.at(-1)! <= typos
}

/** How well a word of a text matches one of a query. Both are folded. */
export const levelOf = (wanted: string, word: string): number => {
  if (word === wanted) return levels.exact
  if (word.startsWith(wanted)) return levels.prefix
  const typos = typosOf(wanted)
  if (typos > 0 && mayBeWithin(typos, wanted, word) && isWithin(typos, wanted, word))
    return levels.typo
  return word.includes(wanted) ? levels.part : levels.none
}

/** Score of a match: levels first, then fields, the first one declared highest. */
export const scoreOf = (level: number, nthField: number): number =>
  level === levels.none ? 0 : level * mostFields + (mostFields - 1 - nthField)

/** A document as search sees it: the words of each searched field, in the order of their declaration. */
export const searchedWords = (
  { fields }: Searching,
  document: unknown,
): readonly (readonly Word[])[] =>
  fields.map((field) => wordsOf(textIn({ path: field.split('.') }, document) ?? ''))

/**
 * The rank of a document: the sum of the best scores of the query's words.
 * @returns undefined when a word matches nothing
 */
export const rankOf = (
  wanted: readonly string[],
  fields: readonly (readonly Word[])[],
): number | undefined => {
  let rank = 0
  for (const one of wanted) {
    let best = 0
    fields.forEach((words, nth) => {
      for (const { folded } of words) best = Math.max(best, scoreOf(levelOf(one, folded), nth))
    })
    if (best === 0) return undefined
    rank += best
  }
  return rank
}

/** The words of a document that a query has found, by field. */
export const highlightsOf = (
  wanted: readonly string[],
  searching: Searching,
  document: unknown,
): readonly Highlight[] =>
  searchedWords(searching, document).flatMap((words, nth) => {
    const ranges = words
      .filter(({ folded }) => wanted.some((one) => levelOf(one, folded) > 0))
      .map(({ from, to }) => [from, to] as const)
    return ranges.length > 0 ? [{ field: searching.fields[nth]!, ranges }] : []
  })
