/** Maximum number of tags in a text; further ones are plain words. */
export const mostTags = 30

/** Maximum number of mentions in a text; further ones are plain words. */
export const mostMentions = 20

/** A letter, digit, combining mark or underscore, of any language. */
const word = '\\p{L}\\p{N}\\p{M}_'

/** A tag: `#` and word characters, at least one of them a letter, not within a word or an address. */
const tag = new RegExp(
  `(?<![${word}&/#])#(?=[\\p{N}\\p{M}_]*\\p{L})([${word}]{1,100})(?![${word}])`,
  'gu',
)

/** A mention: `@` and a username, not within a word or an address, and not the beginning of a longer word. */
const mention = new RegExp(
  `(?<![${word}@/.])@([A-Za-z0-9][A-Za-z0-9._-]{1,63})(?![${word}@])`,
  'gu',
)

/**
 * Returns the tags of a text, each once, in the form that is compared: without the sign, in lower case.
 * @example tagsIn('#Über #über #1') // ['über']
 */
export const tagsIn = (text: string): string[] =>
  [
    ...new Set([...text.matchAll(tag)].map(([, name = '']) => name.normalize('NFC').toLowerCase())),
  ].slice(0, mostTags)

/** A possible mention: the names that may be meant, the longest first, and where the sign begins. */
export type PossibleMention = {
  readonly names: readonly string[]
  /** Offset of the sign, in UTF-16 code units. */
  readonly start: number
}

/**
 * Returns the possible mentions of a text. Dots and dashes at its end belong to the name or to the sentence, so that both
 * names are returned.
 */
export const mentionsIn = (text: string): PossibleMention[] =>
  [...text.matchAll(mention)]
    .map(({ 1: name = '', index: start }) => ({
      names: [...new Set([name, name.replace(/[._-]+$/, '')])].filter(({ length }) => length > 1),
      start,
    }))
    .slice(0, mostMentions)
