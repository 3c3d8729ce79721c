import { folded, type AnyProjection } from '#kernel'
import { fieldOf, foldedFieldsOf, mayBeMissing, type Field, type FieldKind } from './fields.ts'
import { storable } from './json.ts'
import { InvalidQuery, type Condition, type Query, type Scalar } from './port.ts'

/** A text that others must contain. */
export type Wanted = {
  /** Its folded form. */
  readonly folded: string
  /** As written: for documents of a generation that has no folded form of the field. */
  readonly written: string
}

const wanted = (text: string): Wanted => {
  const written = storable(text)
  return { folded: folded(written), written }
}

/** Whether a text has invisible characters only: every text would contain its folded form. */
const isUnseen = ({ folded, written }: Wanted): boolean => folded === '' && written !== ''

/** A comparison that never holds. */
const nothingIn = (field: Field): Comparing => ({ field, is: 'in', values: [] })

/** One comparison of one field. */
export type Comparing =
  | {
      readonly field: Field
      readonly is: '=' | '>' | '>=' | '<' | '<='
      readonly value: Scalar
    }
  | { readonly field: Field; readonly is: 'in'; readonly values: readonly Scalar[] }
  | { readonly field: Field; readonly is: 'contains'; readonly value: Wanted }

/** A field of an order. */
type Sorting = { readonly field: Field; readonly down: boolean }

/** A query whose fields exist and whose values have their types. */
export type ResolvedQuery = {
  /** All of these must hold. */
  readonly all: readonly Comparing[]
  /** When given, all of at least one of these must hold. */
  readonly anyOf?: readonly (readonly Comparing[])[]
  readonly sort: readonly Sorting[]
  /** When given, only documents after this place. */
  readonly after?: Sorting & {
    /** Undefined when the document at the place has none. */
    readonly value: Scalar | undefined
    readonly key: string
    /** Whether documents may lack a value. */
    readonly mayBeMissing: boolean
  }
  readonly limit: number
  readonly offset: number
  readonly counted: boolean
}

const typeOf: Readonly<Record<FieldKind, string>> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
}

const fieldIn = ({ name, document }: AnyProjection, field: string): Field => {
  const found = fieldOf(document, field)
  if (!found) throw new InvalidQuery(`${name} cannot be looked up or sorted by "${field}"`)
  return found
}

const fitting = ({ name, kind }: Field, value: Scalar): Scalar => {
  if (typeof value !== typeOf[kind] || Number.isNaN(value))
    throw new InvalidQuery(`"${name}" is a ${kind}, which ${JSON.stringify(value)} is not`)
  return typeof value === 'string' ? storable(value) : value
}

const ranges = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const

const comparings = (
  projection: AnyProjection,
  field: Field,
  condition: Condition,
): readonly Comparing[] => {
  if (typeof condition !== 'object') return [{ field, is: '=', value: fitting(field, condition) }]
  if ('in' in condition)
    return [{ field, is: 'in', values: condition.in.map((value) => fitting(field, value)) }]
  if ('contains' in condition) {
    if (!foldedFieldsOf(projection).some(({ name }) => name === field.name))
      throw new InvalidQuery(`"${field.name}" is not looked up by a part of it`)
    const value = wanted(condition.contains)
    return isUnseen(value) ? [nothingIn(field)] : [{ field, is: 'contains', value }]
  }
  return Object.entries(ranges).flatMap(([bound, is]) => {
    const value = condition[bound as keyof typeof ranges]
    return value === undefined ? [] : [{ field, is, value: fitting(field, value) }]
  })
}

const behind = (
  { document }: AnyProjection,
  sort: readonly Sorting[],
  { value, key }: NonNullable<Query['after']>,
) => {
  const [sorting, ...others] = sort
  if (!sorting || others.length > 0)
    throw new InvalidQuery('Only in an order by one field is there a place to go on behind')
  return {
    ...sorting,
    value: value === undefined ? undefined : fitting(sorting.field, value),
    key: storable(key),
    mayBeMissing: mayBeMissing(document, sorting.field.path),
  }
}

const whole = (name: string, value: number): number => {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidQuery(`${name} ${value} is not a whole number from 0`)
  return value
}

/**
 * Validates a query against the schema of the documents.
 * @throws InvalidQuery when a field does not exist, a value has another type, or the order has no place to continue from
 */
export const resolveQuery = (projection: AnyProjection, query: Query): ResolvedQuery => {
  const { where = {}, anyOf, after, limit = 20, offset = 0, counted = true } = query
  const resolve = (conditions: Readonly<Record<string, Condition>>) =>
    Object.entries(conditions).flatMap(([name, condition]) =>
      comparings(projection, fieldIn(projection, name), condition),
    )
  const sort = (query.sort ?? []).map((name) => ({
    field: fieldIn(projection, name.replace(/^-/, '')),
    down: name.startsWith('-'),
  }))
  return {
    all: resolve(where),
    ...(anyOf && { anyOf: anyOf.map(resolve) }),
    sort,
    ...(after && { after: behind(projection, sort, after) }),
    limit: whole('limit', limit),
    offset: whole('offset', offset),
    counted,
  }
}
