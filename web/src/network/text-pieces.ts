/** A mentioned user of a text: the name stands from `start` to `end` (UTF-16 code units), the end excluded. */
export type Mention = { readonly userId: string; readonly start: number; readonly end: number }

/** A piece of a text: plain, a mention of a user, or a tag without its sign. */
export type TextPiece =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'mention'; readonly text: string; readonly userId: string }
  | { readonly kind: 'tag'; readonly text: string; readonly tag: string }

/** Letters, digits, marks and underscores of any language. */
const word = String.raw`\p{L}\p{N}\p{M}_`

/** As the server finds tags; which of them are some is the server's answer. */
const tagLike = new RegExp(`(?<![${word}&/#])#([${word}]{1,100})(?![${word}])`, 'gu')

/** As the server finds names that may be mentioned. */
const mentionLike = new RegExp(
  `(?<![${word}@/.])@[A-Za-z0-9][A-Za-z0-9._-]{1,63}(?![${word}@])`,
  'gu',
)

/** Returns what a text that is being written will probably link to, each once: tags and names, with their signs. */
export const recognisedIn = (text: string): readonly string[] => [
  ...new Set([
    ...[...text.matchAll(tagLike)].map(([tag]) => tag).filter((tag) => /\p{L}/u.test(tag)),
    ...[...text.matchAll(mentionLike)].map(([name]) => name.replace(/[._-]+$/, '')),
  ]),
]

/**
 * Divides a text into plain pieces, mentions and tags.
 * @param about.mentions ranges from the API; those that overlap or leave the text are ignored
 * @param about.tags as the API has them: without the sign, in lower case
 */
export const piecesOf = (
  text: string,
  about: { readonly mentions: readonly Mention[]; readonly tags?: readonly string[] },
): readonly TextPiece[] => {
  const known = new Set(about.tags)
  const tags = [...text.matchAll(tagLike)].flatMap(({ 0: found, 1: name = '', index: start }) => {
    const tag = name.normalize('NFC').toLowerCase()
    if (!known.has(tag)) return []
    const end = start + found.length
    return [{ start, end, piece: { kind: 'tag' as const, text: found, tag } }]
  })
  const mentions = about.mentions.map(({ userId, start, end }) => ({
    start,
    end,
    piece: { kind: 'mention' as const, text: text.slice(start, end), userId },
  }))
  const pieces: TextPiece[] = []
  let at = 0
  for (const { start, end, piece } of [...tags, ...mentions].toSorted(
    (one, other) => one.start - other.start,
  )) {
    if (start < at || end <= start || end > text.length) continue
    if (start > at) pieces.push({ kind: 'plain', text: text.slice(at, start) })
    pieces.push(piece)
    at = end
  }
  if (at < text.length) pieces.push({ kind: 'plain', text: text.slice(at) })
  return pieces
}
