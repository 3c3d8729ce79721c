import { folded } from '#kernel'
import { storable } from '../documents/json.ts'

/** Longest word that is compared, in code points: what follows is ignored. */
const longestWord = 100

/** Most words of a query that are looked for: the rest is ignored. */
const mostWords = 16

/** A word of a text: folded, with its place in the text as written. */
export type Word = { readonly folded: string; readonly from: number; readonly to: number }

/** Letters, digits and their marks; an apostrophe ends a word. */
const word = /[\p{L}\p{N}\p{M}]+/gu

const shortened = (text: string): string => {
  const letters = Array.from(text)
  return letters.length <= longestWord ? text : letters.slice(0, longestWord).join('')
}

/** The words of a text in their order. Compatibility characters that fold to several words stay one. */
export const wordsOf = (text: string): readonly Word[] => {
  const words: Word[] = []
  for (const { 0: written, index } of storable(text).matchAll(word)) {
    const form = shortened(folded(written).replaceAll(/[^\p{L}\p{N}\p{M}]/gu, ''))
    if (form !== '') words.push({ folded: form, from: index, to: index + written.length })
  }
  return words
}

/** The words that a query looks for: each once, at most `mostWords`. */
export const wordsOfQuery = (q: string): readonly string[] =>
  [...new Set(wordsOf(q).map((one) => one.folded))].slice(0, mostWords)
