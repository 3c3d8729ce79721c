import type { Document, Filter, Sort } from 'mongodb'
import { mayBeMissing, type Field } from './fields.ts'
import type { AnyProjection } from '#kernel'
import type { Comparing, ResolvedQuery } from './resolved-query.ts'

/** A document as MongoDB holds it: by its key, or the marker of its collection by the number 0. */
export type MongoDocument = {
  readonly _id: string | number
  /** The position that it is true at. */
  readonly position: bigint
  /** Left out where it was deleted. */
  readonly doc?: Document
  /** Texts as they are searched, by the names of their fields with colons instead of dots. */
  readonly folded?: Readonly<Record<string, string>>
}

/** Every document that was not deleted; the marker has none. */
export const present: Filter<MongoDocument> = { doc: { $exists: true } }

/** The path of a field in a stored document. The field `id` is the key. */
const pathOf = ({ path, name }: Field): string => (name === 'id' ? '_id' : `doc.${path.join('.')}`)

/** The name that a folded text is stored under. */
export const foldedNameOf = ({ path }: Field): string => path.join(':')

const bsonTypes = { text: 'string', number: 'number', boolean: 'bool' } as const

const operators = { '=': '$eq', '>': '$gt', '>=': '$gte', '<': '$lt', '<=': '$lte' } as const

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

const containing = (field: Field, { folded, written }: { folded: string; written: string }) => {
  const name = `folded.${foldedNameOf(field)}`
  return {
    $or: [
      { [name]: { $regex: literal(folded) } },
      // Of a generation by a version that did not fold this text yet.
      { [name]: { $exists: false }, [pathOf(field)]: { $regex: literal(written), $options: 'i' } },
    ],
  }
}

const filterOf = (comparing: Comparing): Filter<MongoDocument> => {
  const path = pathOf(comparing.field)
  if (comparing.is === 'contains') return containing(comparing.field, comparing.value)
  if (comparing.is === 'in') return { [path]: { $in: comparing.values } }
  return {
    // A comparison holds for values of its own type only, but for MongoDB's lists: they match by their members.
    [path]: { [operators[comparing.is]]: comparing.value, $type: bsonTypes[comparing.field.kind] },
  }
}

const nothing: Filter<MongoDocument> = { _id: { $in: [] } }

const both = (filters: readonly Filter<MongoDocument>[]): Filter<MongoDocument> =>
  filters.length === 1 ? filters[0]! : { $and: [...filters] }

/** What a query asks for, wherever its page begins. */
export const whereOf = ({ all, anyOf }: ResolvedQuery): Filter<MongoDocument> => {
  const alternatives = anyOf?.map((some) => both([present, ...some.map(filterOf)]))
  return both([
    present,
    ...all.map(filterOf),
    ...(alternatives ? [alternatives.length > 0 ? { $or: alternatives } : nothing] : []),
  ])
}

/** Name of a computed field: 0 where a document has a value to sort by, 1 where it has none. */
const missingName = (nth: number): string => `missing${nth}`

/** What comes behind the place that a query goes on from. */
const behindOf = ({ after }: ResolvedQuery): Filter<MongoDocument> | undefined => {
  if (!after) return undefined
  const path = pathOf(after.field)
  const isMissing = { [path]: { $not: { $type: bsonTypes[after.field.kind] } } }
  if (after.value === undefined) {
    const later = { ...isMissing, _id: { $gt: after.key } }
    // Going down, those without a value come first.
    return after.down ? { $or: [later, { [path]: { $type: bsonTypes[after.field.kind] } }] } : later
  }
  const further = { [path]: { [after.down ? '$lt' : '$gt']: after.value } }
  const equal = { $and: [{ [path]: { $eq: after.value } }, { _id: { $gt: after.key } }] }
  return {
    $or: [
      further,
      ...(path === '_id' ? [] : [equal]),
      ...(after.mayBeMissing && !after.down ? [isMissing] : []),
    ],
  }
}

/** The stages that find one page of a query. */
export const pageOf = (projection: AnyProjection, resolved: ResolvedQuery): Document[] => {
  const behind = behindOf(resolved)
  const sort: Record<string, 1 | -1> = {}
  const computed: Record<string, Document> = {}
  resolved.sort.forEach(({ field, down }, nth) => {
    const path = pathOf(field)
    const direction = down ? -1 : 1
    if (path !== '_id' && mayBeMissing(projection.document, field.path)) {
      // Missing values and null come before all others.
      computed[missingName(nth)] = { $cond: [{ $gt: [`$${path}`, null] }, 0, 1] }
      sort[missingName(nth)] = direction
    }
    sort[path] ??= direction
  })
  sort._id ??= 1
  return [
    { $match: behind ? both([whereOf(resolved), behind]) : whereOf(resolved) },
    ...(Object.keys(computed).length > 0 ? [{ $addFields: computed }] : []),
    { $sort: sort satisfies Sort },
    ...(resolved.offset > 0 ? [{ $skip: resolved.offset }] : []),
    { $limit: resolved.limit },
    { $project: { doc: 1 } },
  ]
}

/**
 * Indexes of a projection, each with the fields it is for. Those of missing values are the same: absent fields are
 * indexed as null.
 */
export const indexesOf = (
  projection: AnyProjection,
  fieldNamed: (name: string) => Field,
): readonly Readonly<Record<string, 1>>[] =>
  projection.indexes.map((names) =>
    Object.fromEntries(names.map((name) => [pathOf(fieldNamed(name)), 1 as const])),
  )
