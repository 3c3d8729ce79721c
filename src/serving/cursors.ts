import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { Query } from '../platform/storage/documents/port.ts'
import { signer } from '../platform/security/signed-text.ts'
import { invalid } from './problem.ts'

/** A place in a list: the value that it is sorted by there, if there is one, and the key. */
const Place = Type.Tuple([
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
  Type.String(),
])
type Place = NonNullable<Query['after']>

/** The `cursor` of a query. */
export const Cursor = Type.String({
  pattern: '^[A-Za-z0-9_-]+$',
  // The longest name there may be, in base64, and the rest.
  maxLength: 2_000,
  description:
    'The `nextCursor` of an earlier answer, instead of a page: goes on behind it, whatever was added or removed since. Everything else in the query stays as it was, but for `limit`',
})

/** Length of a signature, in characters. */
const signatureLength = 43

/** The refusal of a cursor that was made up, or comes from an answer to another question. */
export const foreignCursor = () =>
  invalid('cursor', 'must be the `nextCursor` of an answer to the same question')

/** Makes and reads the cursors of lists. */
export type Cursors = {
  /**
   * A place in a list as a text.
   * @param question identifies the list, its filters and its order
   */
  readonly cursorOf: (question: string, place: Place) => string
  /**
   * The place that a cursor names.
   * @throws Problem 400 when this server did not make the cursor for this question
   */
  readonly placeIn: (cursor: string, question: string) => Place
}

/**
 * Cursors that are signed together with the question that they belong to. The same place gives the same text, so that
 * entity tags of lists stay the same.
 * @param secret 32 bytes, for this purpose only
 */
export const cursors = (secret: Buffer): Cursors => {
  const { sign, isSigned } = signer(secret)
  return {
    cursorOf: (question, { value, key }) => {
      const place: Static<typeof Place> = [value ?? null, key]
      const text = Buffer.from(JSON.stringify(place)).toString('base64url')
      return sign(text, question) + text
    },
    placeIn: (cursor, question) => {
      const text = cursor.slice(signatureLength)
      if (!isSigned(cursor.slice(0, signatureLength), text, question)) throw foreignCursor()
      const place: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
      if (!Check(Place, place)) throw foreignCursor()
      return { value: place[0] ?? undefined, key: place[1] }
    },
  }
}
