/** Texts that resemble each other at least so much are found by each other. */
export const enough = 0.5

/** The pieces of three letters that words are made of, as of two spaces before each and one behind it. */
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
 * How much of a text is like what is looked for, from 0 to 1: the share of three-letter pieces that they have in
 * common, in the run of words where it is greatest. It is `strict_word_similarity` of PostgreSQL's `pg_trgm`,
 * which may not know letters beyond a to z for such, where the database has no language.
 * @param wanted what is looked for, folded
 * @param text where it is looked for, folded
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
