import { Type } from 'typebox'
import { composed, patternMessage } from '#kernel'

/**
 * A recorded text. It accepts every character except those that stores cannot hold: U+0000 and unpaired surrogates.
 * Events and documents use it; input is a `Name`, `Paragraphs`, a `WebUrl` or a `Code`.
 * @param minLength in characters
 * @param maxLength in characters
 */
export const Text = (minLength: number, maxLength: number) =>
  patternMessage(
    'must not contain U+0000, or halves of characters',
    Type.String({ minLength, maxLength, pattern: '^[^\\u0000\\ud800-\\udfff]*$' }),
  )

/** Control characters of the text's direction; in a name they deceive the reader. */
const directional = '\\u202a-\\u202e\\u2066-\\u2069'

/**
 * Invisible characters and direction marks, without the joiners and variation selectors, which emoji and many languages
 * need.
 */
const hidden = '\\u00ad\\u034f\\u061c\\u180e\\u200b\\u200e\\u200f\\u2060-\\u206f\\ufeff'

/** Tag characters: invisible letters that could hide a text in a name. Valid only in flags (Unicode TS #51, 2.4). */
const tags = '\\u{e0000}-\\u{e007f}'
const flag = '\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}'

/** Characters without a visible sign: spaces, controls, default-ignorable characters, and the blank Braille pattern. */
const invisible = '\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}\\p{DI}\\u2800'

/** Returns a pattern for texts that are empty or show a visible character. @param but characters that are not allowed */
const visibleText = (but: string) =>
  `^(?=[^]*[^${invisible}]|$)(${flag}|[^${but}\\p{Cs}${directional}${tags}])*$`

const lines = '\\p{Cc}\\u2028\\u2029'

/**
 * A name: one line with a visible character, without hidden or directional control characters.
 * @param minLength in characters
 * @param maxLength in characters
 */
export const Name = (minLength: number, maxLength: number) =>
  composed(
    patternMessage(
      'must show something, on one line, and not turn its direction or hide letters',
      Type.String({ minLength, maxLength, pattern: visibleText(`${lines}${hidden}`) }),
    ),
  )

/** As a name, with any number of lines. @param minLength in characters @param maxLength in characters */
export const Paragraphs = (minLength: number, maxLength: number) =>
  composed(
    patternMessage(
      'must show something, and not turn its direction',
      Type.String({
        minLength,
        maxLength,
        pattern: visibleText('\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f'),
      }),
    ),
  )

/**
 * A code that programs exchange, such as a reference: visible ASCII, and spaces within.
 * @param maxLength in characters; at least 1
 */
export const Code = (maxLength: number) =>
  patternMessage(
    'must be of letters without accents, digits and signs (visible ASCII)',
    Type.String({ minLength: 1, maxLength, pattern: '^[!-~]([ -~]*[!-~])?$' }),
  )

/** Characters that are not valid in a URL; programs that accept them may read another target. */
const noUrl = '\\s\\p{C}"<>\\\\^`{|}'

/** A web address that is safe to link: `https://…` or `http://…`, without credentials. */
export const WebUrl = patternMessage(
  'must be a web address that begins with https:// or http://',
  Type.String({
    minLength: 1,
    maxLength: 2_000,
    pattern: `^https?://(\\[[0-9a-fA-F:.]+\\]|[\\p{L}\\p{N}\\p{M}_-][\\p{L}\\p{N}\\p{M}._-]*)(:[0-9]{1,5})?([/?#][^${noUrl}]*)?$`,
  }),
)

const seen = new RegExp(`[^${invisible}]`, 'u')
const breaking = new RegExp(`[${lines}${directional}${hidden}\\p{Z}]+`, 'gu')

/**
 * Puts a text of unknown origin on one line: line breaks, directional controls and invisible characters become a space.
 * @returns the empty text when no character is visible
 */
export const inOneLine = (text: string): string =>
  seen.test(text) ? text.toWellFormed().replaceAll(breaking, ' ').trim().normalize('NFC') : ''

/** A reason, in a person's words or as a short name. */
export const Reason = Paragraphs(1, 500)

/** A reason in recorded events. */
export const RecordedReason = Text(1, 500)
