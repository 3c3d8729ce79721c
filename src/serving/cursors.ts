import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { Query } from '../platform/storage/documents/port.ts'
import { signer } from '../platform/security/signed-text.ts'
import { invalid } from './problem.ts'

/** A place in a list: the sort value, if there is one, and the key. */
const Place = Type.Tuple([
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
  Type.String(),
])
type Place = NonNullable<Query['after']>

/** The `cursor` of a query. */
export const Cursor = Type.String({
  pattern: '^[A-Za-z0-9_-]+$',
  // The longest name, in base64, and the rest.
  maxLength: 2_000,
  description:
    'The `nextCursor` of an earlier answer, instead of a page. Except for `limit`, the rest of the query must be the same',
})

/** Length of a signature, in characters. */
const signatureLength = 43

/** Creates the problem for a cursor that was forged, or issued for another query. */
export const foreignCursor = () =>
  invalid('cursor', 'must be the `nextCursor` of an answer to the same query')

/** Issues and verifies the cursors of lists. */
export type Cursors = {
  /**
   * Encodes a place in a list as a cursor.
   * @param question identifies the list, its filters and its order
   */
  readonly cursorOf: (question: string, place: Place) => string
  /**
   * Decodes a cursor.
   * @throws Problem 400 when this server did not issue the cursor for this query
   */
  readonly placeIn: (cursor: string, question: string) => Place
}

/**
 * Cursors, each signed together with its query. The same place gives the same text, so that entity tags of lists are
 * stable.
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
