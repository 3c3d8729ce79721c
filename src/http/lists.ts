import { Type, type Static, type TSchema } from 'typebox'
import { Fields } from '#kernel'
import type { Condition, Query } from '../platform/documents/port.ts'

/** `?minPosition=`: the answer shows everything up to there. */
const MinPosition = Type.String({
  pattern: '^[0-9]{1,18}$',
  description: 'A position from an earlier answer: wait until this one shows it',
})

/** The query of a route that reads one thing. */
export const Fresh = Fields({ minPosition: Type.Optional(MinPosition) })

/** A moment in a query. */
export const Moment = Type.String({ format: 'date-time' })

/** The position that a query asks for. */
export const minPositionOf = ({
  minPosition,
}: {
  readonly minPosition?: string
}): bigint | undefined => (minPosition === undefined ? undefined : BigInt(minPosition))

/**
 * The query of a list: which page of it, in which order, and which entries.
 * @param sorts the fields that it may be sorted by; the first one, downwards, by default
 * @param filters what else may be asked for
 */
export const ListQuery = <const F extends Record<string, TSchema>>(
  sorts: readonly [string, ...string[]],
  filters: F,
) =>
  Fields({
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    sort: Type.Optional(
      Type.Enum(
        sorts.flatMap((field) => [field, `-${field}`]),
        { description: '`-` means downwards', default: `-${sorts[0]}` },
      ),
    ),
    minPosition: Type.Optional(MinPosition),
    ...filters,
  })

type Page = {
  readonly page?: number
  readonly limit?: number
  readonly sort?: string
}

/** The part of a list that a query asks for, with these conditions; those that are undefined do not count. */
export const pageOf = (
  { page = 1, limit = 20, sort }: Page,
  where: Readonly<Record<string, Condition | undefined>>,
): Query => ({
  where: Object.fromEntries(
    Object.entries(where).flatMap(([name, condition]) =>
      condition === undefined ? [] : [[name, condition]],
    ),
  ),
  ...(sort && { sort: [sort] }),
  limit,
  offset: (page - 1) * limit,
})

/** From one moment (or number) to another, both included; nothing when neither is given. */
export const between = <T extends string | number>(
  from: T | undefined,
  to: T | undefined,
): Condition | undefined =>
  from === undefined && to === undefined
    ? undefined
    : { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lte: to }) }

/** The `data` of a list: its entries under their own name, and which part of how many they are. */
export const ListOf = <const Name extends string, T extends TSchema>(name: Name, entry: T) =>
  Type.Unsafe<
    { readonly [N in Name]: readonly Static<T>[] } & {
      readonly total: number
      readonly page: number
      readonly limit: number
    }
  >(
    Type.Object({
      [name]: Type.Array(entry),
      total: Type.Integer({ description: 'How many there are on all pages' }),
      page: Type.Integer(),
      limit: Type.Integer(),
    }),
  )

/** What a list says of itself beside its entries. */
export const pageInfo = ({ page = 1, limit = 20 }: Page, total: number) => ({ total, page, limit })
