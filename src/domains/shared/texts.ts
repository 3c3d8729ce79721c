import { Type } from 'typebox'
import { composed, patternMessage } from '#kernel'

/**
 * A text as it was recorded, of anybody's making. It takes every character except those that no store can keep: U+0000
 * and halves of pairs. Events and documents hold such; what people send is a `Name`, `Paragraphs`, a `WebUrl`, a `Code`.
 * @param minLength in characters
 * @param maxLength in characters
 */
export const Text = (minLength: number, maxLength: number) =>
  patternMessage(
    'must not contain U+0000, or halves of characters',
    Type.String({ minLength, maxLength, pattern: '^[^\\u0000\\ud800-\\udfff]*$' }),
  )

/** What only changes how the text around it is read: in a name, it deceives. */
const turning = '\\u202a-\\u202e\\u2066-\\u2069'

/**
 * What is between letters and cannot be seen, or turns their direction; not the joiners and variation selectors, which
 * emoji and many languages need.
 */
const hidden = '\\u00ad\\u034f\\u061c\\u180e\\u200b\\u200e\\u200f\\u2060-\\u206f\\ufeff'

/** Letters that nobody sees: a whole text of them may hide in a name. They only belong into flags (Unicode TS #51, 2.4). */
const tags = '\\u{e0000}-\\u{e007f}'
const flag = '\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}'

/** What nobody sees: spaces, marks without a sign, letters that are blank. */
const unseen = '\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}\\p{DI}\\u2800'

/** Shows something, or is empty; `but`: which characters are none of it. */
const showing = (but: string) =>
  `^(?=[^]*[^${unseen}]|$)(${flag}|[^${but}\\p{Cs}${turning}${tags}])*$`

const lines = '\\p{Cc}\\u2028\\u2029'

/**
 * What somebody or something is called: one line that shows something, and reads as it is written.
 * @param minLength in characters
 * @param maxLength in characters
 */
export const Name = (minLength: number, maxLength: number) =>
  composed(
    patternMessage(
      'must show something, on one line, and not turn its direction or hide letters',
      Type.String({ minLength, maxLength, pattern: showing(`${lines}${hidden}`) }),
    ),
  )

/** As a name, on any number of lines. @param minLength in characters @param maxLength in characters */
export const Paragraphs = (minLength: number, maxLength: number) =>
  composed(
    patternMessage(
      'must show something, and not turn its direction',
      Type.String({
        minLength,
        maxLength,
        pattern: showing('\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f'),
      }),
    ),
  )

/**
 * What programs hand to each other and people only copy: visible ASCII, and spaces within.
 * @param maxLength in characters; at least 1
 */
export const Code = (maxLength: number) =>
  patternMessage(
    'must be of letters without accents, digits and signs (visible ASCII)',
    Type.String({ minLength: 1, maxLength, pattern: '^[!-~]([ -~]*[!-~])?$' }),
  )

/** Nothing in a URL looks like this; a program that takes it for one may be led elsewhere. */
const noUrl = '\\s\\p{C}"<>\\\\^`{|}'

/** Where something is on the web, as whoever shows it may link to it: `https://…` or `http://…`, for nobody's account. */
export const WebUrl = patternMessage(
  'must be a web address that begins with https:// or http://',
  Type.String({
    minLength: 1,
    maxLength: 2_000,
    pattern: `^https?://(\\[[0-9a-fA-F:.]+\\]|[\\p{L}\\p{N}\\p{M}_-][\\p{L}\\p{N}\\p{M}._-]*)(:[0-9]{1,5})?([/?#][^${noUrl}]*)?$`,
  }),
)

const seen = new RegExp(`[^${unseen}]`, 'u')
const breaking = new RegExp(`[${lines}${turning}${hidden}\\p{Z}]+`, 'gu')

/**
 * A text of unknown origin as it may stand within a line: what breaks lines, turns their direction or cannot be seen
 * becomes a space.
 * @returns nothing visible when there was nothing: the empty text
 */
export const inOneLine = (text: string): string =>
  seen.test(text) ? text.toWellFormed().replaceAll(breaking, ' ').trim().normalize('NFC') : ''

/** Why somebody did something, in their words or by a short name. */
export const Reason = Paragraphs(1, 500)

/** A reason as it was recorded. */
export const RecordedReason = Text(1, 500)
