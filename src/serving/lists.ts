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

/** Schema of `?minPosition=`: the answer includes all events up to this position. */
const MinPosition = Type.String({
  pattern: '^[0-9]{1,18}$',
  description: 'A position from an earlier answer: wait until this one shows it',
})

/** The query of a route that reads one document. */
export const Fresh = Fields({ minPosition: Type.Optional(MinPosition) })

/** Parses the position that a query waits for. */
export const minPositionOf = ({
  minPosition,
}: {
  readonly minPosition?: string
}): bigint | undefined => (minPosition === undefined ? undefined : BigInt(minPosition))

const pages = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
}

/** Query of a short list with an order of its own: the page. @param filters schemas of the list's filters */
export const PageQuery = <const F extends Record<string, TSchema>>(filters: F) =>
  Fields({ ...pages, ...filters })

/**
 * Query of a list: page or cursor, order and filters.
 * @param sorts the sortable fields; the default is the first one, descending
 * @param filters schemas of the list's filters
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
        { description: '`-` means descending', default: `-${sorts[0]}` },
      ),
    ),
    cursor: Type.Optional(Cursor),
    minPosition: Type.Optional(MinPosition),
    ...filters,
  })

/**
 * Query of a list that may be too long to count or to skip in: cursor, order and filters.
 * @param sorts the sortable fields; the default is the first one, descending
 * @param filters schemas of the list's filters
 */
export const CursorQuery = <const F extends Record<string, TSchema>>(
  sorts: readonly [string, ...string[]],
  filters: F,
) => {
  const { page: _, ...rest } = ListQuery(sorts, filters).properties
  return Fields(rest)
}

/** Page, order, cursor and minimum position of a list's query. */
export type Asking = {
  readonly page?: number
  readonly limit?: number
  readonly sort?: string
  readonly cursor?: string
  readonly minPosition?: string
}

/** Condition of a range, both ends included; undefined when neither is given. */
export const between = (from: number | undefined, to: number | undefined): Condition | undefined =>
  from === undefined && to === undefined
    ? undefined
    : { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lte: to }) }

/** Schema of a list's `data`: its entries under their own name, the page, the total and the next cursor. */
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
      total: Type.Integer({ description: 'Number of entries on all pages' }),
      page: Type.Integer(),
      limit: Type.Integer(),
      nextCursor: Type.Optional(
        Type.String({ description: 'For `?cursor=`; absent at the end of the list' }),
      ),
    }),
  )

/** Returns a page of a short list that is in memory as a whole, with page and total. */
export const pageOf = <T>(
  { page = 1, limit = 20 }: Pick<Asking, 'page' | 'limit'>,
  all: readonly T[],
) => ({
  entries: all.slice((page - 1) * limit, page * limit),
  info: { total: all.length, page, limit },
})

/** Returns the value of a document's sort field, if it has one. */
const valueIn = (document: object, field: string): Scalar | undefined => {
  const value = field
    .split('.')
    .reduce<unknown>(
      (within, name) => Object.entries(within ?? {}).find(([key]) => key === name)?.[1],
      document,
    )
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value)
  // The check above admits only scalars.
  return isScalar ? (value as Scalar) : undefined
}

/**
 * Identifies a list for its cursors: the read model, the order, the filters of the query, and the owner of the entries.
 * Conditions that depend on the clock are left out.
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
 * Reads a part of a list: a page, or the entries after a cursor.
 * @param asking the whole query, as a cursor is bound to its filters
 * @param conditions conditions on the documents; undefined ones are ignored
 * @param options.anyOf alternatives, of which at least one must hold as well
 * @param options.fields document fields of sort names that differ: `{ price: 'price.amount' }`
 * @param options.counted `false` for a list that may be too long to count: its `total` is not the whole one
 * @returns the documents, their position, and page, total and next cursor
 * @throws Problem 400 when the cursor belongs to another list or query
 */
export const listed = async <D extends { readonly id: string }>(
  { readModels, cursors }: Pick<Ports, 'readModels' | 'cursors'>,
  projection: Projection<D>,
  asking: Asking,
  conditions: Readonly<Record<string, Condition | undefined>>,
  {
    anyOf,
    fields = {},
    counted = true,
  }: {
    readonly anyOf?: Query['anyOf']
    readonly fields?: Readonly<Record<string, string>>
    readonly counted?: boolean
  } = {},
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
    // One more than the limit shows whether there is a next page.
    limit: limit + 1,
    offset,
    ...(after && { after }),
    ...(!counted && { counted }),
  }
  const found = await readModels
    .find(projection, query, minPositionOf(asking))
    .catch((error: unknown) => {
      // A rebuilt read model may hold values of another type than when the cursor was issued.
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
