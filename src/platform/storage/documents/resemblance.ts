/** Least resemblance at which a search finds a text. */
export const enough = 0.5

/** Trigrams of words, each padded by two spaces before and one after. */
const piecesOf = (words: readonly string[]): ReadonlySet<string> =>
  new Set(
    words.flatMap((word) => {
      const letters = Array.from(`  ${word} `)
      return letters.slice(2).map((_, at) => letters.slice(at, at + 3).join(''))
    }),
  )

const wordsOf = (text: string): readonly string[] =>
  text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')

const similarity = (some: ReadonlySet<string>, others: ReadonlySet<string>): number => {
  const same = some.intersection(others).size
  return same === 0 ? 0 : same / (some.size + others.size - same)
}

/**
 * Similarity of a searched text to a text, from 0 to 1: the share of trigrams in common, in the extent of words where that is
 * greatest. It is `strict_word_similarity` of PostgreSQL's `pg_trgm`, which may not recognise letters beyond a to z where
 * the database has no locale.
 * @param wanted the searched text, folded
 * @param text the text of a document, folded
 */
export const resemblance = (wanted: string, text: string): number => {
  const pieces = piecesOf(wordsOf(wanted))
  const words = wordsOf(text)
  let best = 0
  for (let from = 0; from < words.length; from += 1)
    for (let to = from + 1; to <= words.length; to += 1)
      best = Math.max(best, similarity(pieces, piecesOf(words.slice(from, to))))
  return best
}
