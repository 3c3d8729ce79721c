/** A piece of a text, found or not. */
export type Piece = { readonly text: string; readonly isFound: boolean }

/**
 * Cuts a text at the ranges of a highlight. Ranges beyond the text, or within one before, are left out.
 * @param ranges offsets in UTF-16 code units, the end excluded
 */
export const piecesOf = (
  text: string,
  ranges: readonly (readonly number[])[],
): readonly Piece[] => {
  const pieces: Piece[] = []
  let at = 0
  for (const [start = 0, end = 0] of ranges.toSorted(([a = 0], [b = 0]) => a - b)) {
    if (start < at || end <= start || end > text.length) continue
    if (start > at) pieces.push({ text: text.slice(at, start), isFound: false })
    pieces.push({ text: text.slice(start, end), isFound: true })
    at = end
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isFound: false })
  return pieces
}

/**
 * Returns the part of a highlighted text around its first range, with the ranges moved accordingly, for texts too long to be
 * shown whole.
 * @param most length of the part in UTF-16 code units
 */
export const around = (
  text: string,
  ranges: readonly (readonly number[])[],
  most = 200,
): { readonly text: string; readonly ranges: readonly (readonly number[])[] } => {
  if (text.length <= most) return { text, ranges }
  const first = ranges[0]?.[0] ?? 0
  const wanted = Math.max(0, Math.min(first - most / 4, text.length - most))
  // Begins with a word, and so never between the halves of a character.
  const space = text.lastIndexOf(' ', wanted)
  const from = wanted === 0 ? 0 : space + 1
  const end = text.indexOf(' ', from + most)
  const to = end === -1 ? text.length : end
  const [before, after] = [from > 0 ? '… ' : '', to < text.length ? ' …' : '']
  const shift = before.length - from
  return {
    text: `${before}${text.slice(from, to)}${after}`,
    ranges: ranges
      .filter(([start = 0, stop = 0]) => start >= from && stop <= to)
      .map(([start = 0, stop = 0]) => [start + shift, stop + shift]),
  }
}
