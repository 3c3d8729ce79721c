import { Type } from 'typebox'
import { patternMessage } from '#kernel'

/** Characters that no name in a path has: control characters (U+0000 among them), halves of pairs, line separators. */
const unprintable = '\\p{Cc}\\p{Cs}\\u2028\\u2029'

/**
 * A parameter of a path that is no id of ours, such as the key of a dead letter. Every parameter that is a free text
 * has this schema, so that no store meets a character that it cannot hold.
 * @param maxLength in characters
 */
export const PathText = (maxLength: number, options: { readonly description?: string } = {}) =>
  patternMessage(
    'must be printable characters',
    Type.String({ minLength: 1, maxLength, pattern: `^[^${unprintable}]+$`, ...options }),
  )

/** The name of a stream in a path: `<category>-<id>`. */
export const StreamName = patternMessage(
  'must be the name of a stream: a category, a dash and an id, of printable characters',
  Type.String({
    maxLength: 300,
    pattern: `^[A-Za-z0-9]+-[^${unprintable}]+$`,
  }),
)
