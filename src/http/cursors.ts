import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { Projection } from '#kernel'
import {
  InvalidQuery,
  type Condition,
  type Query,
  type Scalar,
} from '../platform/documents/port.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { ListQuery, minPositionOf, pageOf } from './lists.ts'
import { invalid } from './problem.ts'

/** The query of a list that may also be read from cursor to cursor; otherwise that of `ListQuery`. */
export const CursorQuery = <const F extends Record<string, TSchema>>(
  sorts: readonly [string, ...string[]],
  filters: F,
) =>
  ListQuery(sorts, {
    ...filters,
    cursor: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]+$',
        maxLength: 1_000,
        description:
          'The `nextCursor` of an earlier answer, instead of a page: goes on behind it, whatever was added or removed since',
      }),
    ),
  })

/** The `data` of such a list: as `ListOf`, and where it goes on, unless this is its end. */
export const CursorListOf = <const Name extends string, T extends TSchema>(name: Name, entry: T) =>
  Type.Unsafe<
    { readonly [N in Name]: readonly Static<T>[] } & {
      readonly total: number
      readonly page: number
      readonly limit: number
      readonly nextCursor?: string
    }
  >(
    Type.Object({
      [name]: Type.Array(entry),
      total: Type.Integer({ description: 'How many there are on all pages' }),
      page: Type.Integer(),
      limit: Type.Integer(),
      nextCursor: Type.Optional(
        Type.String({ description: 'For `?cursor=`; missing at the end of the list' }),
      ),
    }),
  )

/** The last entry that was shown: the order of the list, its value there, and its key. */
const Place = Type.Tuple([
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
  Type.String(),
])
type Place = Static<typeof Place>

const written = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')

const notOurs = () =>
  invalid('cursor', 'must be the `nextCursor` of an answer to the same question')

/** @throws Problem 400 when it is no cursor of a list in this order */
const placeOf = (cursor: string, sort: string): Place => {
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    place = undefined
  }
  if (!Check(Place, place) || place[0] !== sort) throw notOurs()
  return place
}

/** What a list is asked for. */
export type Asking = {
  readonly page?: number
  readonly limit?: number
  readonly sort?: string
  readonly cursor?: string
  readonly minPosition?: string
}

/** What lies behind a place: documents with equal values go by their keys, upwards. */
const behind = ([sort, value, id]: Place): Pick<Query, 'where' | 'anyOf'> => {
  const field = sort.replace(/^-/, '')
  const [beyond, upTo] = sort.startsWith('-')
    ? [{ lt: value }, { lte: value }]
    : [{ gt: value }, { gte: value }]
  return {
    // Says nothing new, but lets an index be read from there.
    where: { [field]: upTo },
    anyOf: [{ [field]: beyond }, { [field]: value, id: { gt: id } }],
  }
}

/**
 * A part of a list: a page of it, or what follows a cursor.
 * @param sort the order when none is asked for; every document must have a value in each field that may be asked for
 * @param conditions which documents; none of them on a field that it is sorted by
 * @throws Problem 400 when the cursor is none of this list
 */
export const partOf = async <D extends { readonly id: string }>(
  readModels: ReadModels,
  projection: Projection<D>,
  asking: Asking,
  sort: string,
  conditions: Readonly<Record<string, Condition>>,
) => {
  const order = asking.sort ?? sort
  const { cursor, limit = 20 } = asking
  const page = pageOf({ ...asking, sort: order }, conditions)
  const place = cursor === undefined ? undefined : behind(placeOf(cursor, order))
  const query: Query = place
    ? { ...page, where: { ...conditions, ...place.where }, anyOf: place.anyOf ?? [], offset: 0 }
    : page
  const minPosition = minPositionOf(asking)
  const found = await readModels.find(projection, query, minPosition).catch((error: unknown) => {
    // Whoever made the cursor, it was not us: its value is of another type.
    throw place && error instanceof InvalidQuery ? notOurs() : error
  })
  const { documents, total: rest, position } = found
  const { total } = place
    ? await readModels.find(projection, { where: conditions, limit: 0 }, minPosition)
    : { total: rest }
  const last = documents.at(-1)
  const isEnd = last === undefined || rest <= (query.offset ?? 0) + documents.length
  const info = { total, page: asking.page ?? 1, limit }
  return {
    documents,
    position,
    info: isEnd ? info : { ...info, nextCursor: written([order, valueIn(last, order), last.id]) },
  }
}

const valueIn = (document: object, order: string): Scalar => {
  const value: unknown = Object.entries(document).find(
    ([name]) => name === order.replace(/^-/, ''),
  )?.[1]
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value)
}
