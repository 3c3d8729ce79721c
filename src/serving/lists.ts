import { Type, type Static, type TSchema } from 'typebox'
import { Fields, type Projection } from '#kernel'
import {
  InvalidQuery,
  type Condition,
  type Query,
  type Scalar,
} from '../platform/storage/documents/port.ts'
import { Cursor, foreignCursor } from './cursors.ts'
import type { Ports } from './ports.ts'

/** `?minPosition=`: the answer shows everything up to there. */
const MinPosition = Type.String({
  pattern: '^[0-9]{1,18}$',
  description: 'A position from an earlier answer: wait until this one shows it',
})

/** The query of a route that reads one thing. */
export const Fresh = Fields({ minPosition: Type.Optional(MinPosition) })

/** The position that a query requests. */
export const minPositionOf = ({
  minPosition,
}: {
  readonly minPosition?: string
}): bigint | undefined => (minPosition === undefined ? undefined : BigInt(minPosition))

const pages = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
}

/** The query of a list that is short, and in an order of its own: which page of it. @param filters what else may be asked for */
export const PageQuery = <const F extends Record<string, TSchema>>(filters: F) =>
  Fields({ ...pages, ...filters })

/**
 * The query of a list: which part of it, in which order, and which entries.
 * @param sorts the fields that it may be sorted by; the first one, downwards, by default
 * @param filters what else may be asked for
 */
export const ListQuery = <const F extends Record<string, TSchema>>(
  sorts: readonly [string, ...string[]],
  filters: F,
) =>
  Fields({
    ...pages,
    sort: Type.Optional(
      Type.Enum(
        sorts.flatMap((field) => [field, `-${field}`]),
        { description: '`-` means downwards', default: `-${sorts[0]}` },
      ),
    ),
    cursor: Type.Optional(Cursor),
    minPosition: Type.Optional(MinPosition),
    ...filters,
  })

/** What a list is asked for. */
export type Asking = {
  readonly page?: number
  readonly limit?: number
  readonly sort?: string
  readonly cursor?: string
  readonly minPosition?: string
}

/** From one number to another, both included; nothing when neither is given. */
export const between = (from: number | undefined, to: number | undefined): Condition | undefined =>
  from === undefined && to === undefined
    ? undefined
    : { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lte: to }) }

/** The `data` of a list: its entries under their own name, which part of how many they are, and where it goes on. */
export const ListOf = <const Name extends string, T extends TSchema>(name: Name, entry: T) =>
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

/** A page of a short list that is there as a whole, and what the list says of itself. */
export const pageOf = <T>(
  { page = 1, limit = 20 }: Pick<Asking, 'page' | 'limit'>,
  all: readonly T[],
) => ({
  entries: all.slice((page - 1) * limit, page * limit),
  info: { total: all.length, page, limit },
})

/** The value that a document is sorted by, if it has one. */
const valueIn = (document: object, field: string): Scalar | undefined => {
  const value = field
    .split('.')
    .reduce<unknown>(
      (within, name) => Object.entries(within ?? {}).find(([key]) => key === name)?.[1],
      document,
    )
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value)
  // It is one of the three.
  return isScalar ? (value as Scalar) : undefined
}

/**
 * Identifies what a list was asked for, apart from which part of it: the read model, the order, the filters of the
 * query, and whose entries. Conditions that move with the clock are left out.
 */
const questionOf = (
  { name }: { readonly name: string },
  asking: Asking,
  conditions: Readonly<Record<string, Condition | undefined>>,
): string => {
  const { page: _, limit: __, cursor: ___, minPosition: ____, ...asked } = asking
  const fixed = Object.entries(conditions).filter(([, condition]) => typeof condition !== 'object')
  const sorted = (entries: readonly (readonly [string, unknown])[]) =>
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([name, sorted(Object.entries(asked)), sorted(fixed)])
}

/**
 * The part of a list that is asked for: a page of it, or what follows a cursor.
 * @param asking the whole query: a cursor belongs to its filters as well
 * @param conditions which documents; those that are undefined do not count
 * @param options.anyOf at least one of these must hold as well
 * @param options.fields those that are sorted by under another name: `{ price: 'price.amount' }`
 * @returns the documents, and what the list says of itself beside them
 * @throws Problem 400 when the cursor is none of this list
 */
export const listed = async <D extends { readonly id: string }>(
  { readModels, cursors }: Pick<Ports, 'readModels' | 'cursors'>,
  projection: Projection<D>,
  asking: Asking,
  conditions: Readonly<Record<string, Condition | undefined>>,
  {
    anyOf,
    fields = {},
  }: { readonly anyOf?: Query['anyOf']; readonly fields?: Readonly<Record<string, string>> } = {},
) => {
  const { page = 1, limit = 20, sort = 'id', cursor } = asking
  const name = sort.replace(/^-/, '')
  const field = fields[name] ?? name
  const question = questionOf(projection, { ...asking, sort }, conditions)
  const after = cursor === undefined ? undefined : cursors.placeIn(cursor, question)
  const offset = after ? 0 : (page - 1) * limit
  const query: Query = {
    where: Object.fromEntries(
      Object.entries(conditions).flatMap(([key, condition]) =>
        condition === undefined ? [] : [[key, condition]],
      ),
    ),
    ...(anyOf && { anyOf }),
    sort: [sort.replace(name, field)],
    // One more tells whether it goes on.
    limit: limit + 1,
    offset,
    ...(after && { after }),
  }
  const found = await readModels
    .find(projection, query, minPositionOf(asking))
    .catch((error: unknown) => {
      // A rebuilt read model may hold values of another type than when the cursor was made.
      throw after && error instanceof InvalidQuery ? foreignCursor() : error
    })
  const documents = found.documents.slice(0, limit)
  const isEnd = found.documents.length === documents.length
  const last = documents.at(-1)
  return {
    documents,
    position: found.position,
    info: {
      total: found.total,
      page,
      limit,
      ...(last &&
        !isEnd && {
          nextCursor: cursors.cursorOf(question, { value: valueIn(last, field), key: last.id }),
        }),
    },
  }
}
