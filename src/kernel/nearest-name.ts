/**
 * Number of insertions, deletions, substitutions and swaps of neighbours that turn one text into another: the optimal string
 * alignment distance (L. Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2.2).
 */
const distance = (from: string, to: string): number => {
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const substitution = last[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      row.push(
        Math.min(
          row[j - 1]! + 1,
          last[j]! + 1,
          substitution,
          isSwap ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    before = last
    last = row
  }
  return last[to.length]!
}

/** Edits that are taken for typing errors in a name: none in short ones, which are near to too many others. */
const editsIn = ({ length }: string): number => (length < 5 ? 0 : length < 10 ? 1 : 2)

/**
 * Finds the name that was probably meant by a misspelt one, for "did you mean". Upper and lower case are the same.
 * @param name not among the known names
 * @returns undefined when none is near: more than two edits away, one for names below ten characters
 */
export const nearestName = (name: string, known: Iterable<string>): string | undefined => {
  const typed = name.toLowerCase()
  let nearest: { readonly found: string; readonly edits: number } | undefined
  for (const found of known) {
    const most = editsIn(found)
    if (Math.abs(found.length - name.length) > most) continue
    const edits = distance(typed, found.toLowerCase())
    if (edits <= most && edits < (nearest?.edits ?? Number.POSITIVE_INFINITY))
      nearest = { found, edits }
  }
  return nearest?.found
}
