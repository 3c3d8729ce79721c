import { Type } from 'typebox'
import { patternMessage } from '#kernel'

/** Characters that names in paths may not contain: control characters (U+0000 among them), lone surrogates, line separators. */
const unprintable = '\\p{Cc}\\p{Cs}\\u2028\\u2029'

/**
 * Schema of a path parameter that is not an id of Agora, such as the key of a dead letter. Every free-text parameter
 * has this schema, so that no store receives a character that it cannot hold.
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
