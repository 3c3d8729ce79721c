import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { Query } from '../platform/documents/port.ts'
import { invalid } from './problem.ts'

/** A place in a list: its order, the value there, if there is one, and the key. */
const Place = Type.Tuple([
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
  Type.String(),
])

/** The `cursor` of a query. */
export const Cursor = Type.String({
  pattern: '^[A-Za-z0-9_-]+$',
  maxLength: 1_000,
  description:
    'The `nextCursor` of an earlier answer, instead of a page: goes on behind it, whatever was added or removed since',
})

/** Where a list goes on, as a text. @param sort the order of the list @param place the last entry that was shown */
export const cursorOf = (sort: string, { value, key }: NonNullable<Query['after']>): string => {
  const place: Static<typeof Place> = [sort, value ?? null, key]
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** A cursor that is none of this list: others are made up, or from an answer to another question. */
export const foreignCursor = () =>
  invalid('cursor', 'must be the `nextCursor` of an answer to the same question')

/** The place that a cursor names. @throws Problem 400 when it is no cursor of a list in this order */
export const placeIn = (cursor: string, sort: string): NonNullable<Query['after']> => {
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    place = undefined
  }
  if (!Check(Place, place) || place[0] !== sort) throw foreignCursor()
  return { value: place[1] ?? undefined, key: place[2] }
}
