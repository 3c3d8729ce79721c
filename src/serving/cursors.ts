import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
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

/** Initial counter of a cipher, in bytes. */
const counterLength = 16

/**
 * Cursors, each signed together with its query and encrypted: a list may be ordered by what its reader may not see of an
 * entry. The same place gives the same text, so that entity tags of lists are stable: the counter of the cipher is taken
 * from the signature (as in RFC 5297).
 * @param secret 32 bytes, for this purpose only
 */
export const cursors = (secret: Buffer): Cursors => {
  const { sign, isSigned } = signer(secret)
  const key = createHmac('sha256', secret).update('encryption').digest()
  const counterOf = (signature: string): Buffer =>
    Buffer.from(signature, 'base64url').subarray(0, counterLength)
  return {
    cursorOf: (question, { value, key: place }) => {
      const written: Static<typeof Place> = [value ?? null, place]
      const text = JSON.stringify(written)
      const signature = sign(text, question)
      const encrypted = createCipheriv('aes-256-ctr', key, counterOf(signature)).update(text)
      return signature + encrypted.toString('base64url')
    },
    placeIn: (cursor, question) => {
      const signature = cursor.slice(0, signatureLength)
      const counter = counterOf(signature)
      const encoded = cursor.slice(signatureLength)
      const encrypted = Buffer.from(encoded, 'base64url')
      // The same bytes have several encodings in base64url, and only ours is valid.
      if (counter.length !== counterLength || encrypted.toString('base64url') !== encoded)
        throw foreignCursor()
      const text = createDecipheriv('aes-256-ctr', key, counter).update(encrypted).toString('utf8')
      if (!isSigned(signature, text, question)) throw foreignCursor()
      const place: unknown = JSON.parse(text)
      if (!Check(Place, place)) throw foreignCursor()
      return { value: place[0] ?? undefined, key: place[1] }
    },
  }
}
