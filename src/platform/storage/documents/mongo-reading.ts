import type { Collection } from 'mongodb'
import type { NearbyRead } from '../../engines/mongo/connection.ts'
import { storable } from './json.ts'
import { pageOf, whereOf, type MongoDocument } from './mongo-query.ts'
import type { Found, Generation } from './port.ts'
import type { resolveQuery } from './resolved-query.ts'

/** Limit of a query, in ms: less than that of a request, so that its caller learns which store is away. */
export const ofQueries = { limitMs: 4_000 } as const

/** One document of a collection. @param from where it is read; default: the primary */
export const documentIn = async (
  collection: Collection<MongoDocument>,
  key: string,
  from: Partial<NearbyRead> = {},
): Promise<unknown> => (await collection.findOne({ _id: storable(key) }, from))?.doc

/** Documents of a collection that match. @param from where they are read; default: the primary */
export const pageIn = async (
  collection: Collection<MongoDocument>,
  { projection }: Generation,
  resolved: ReturnType<typeof resolveQuery>,
  from: Partial<NearbyRead> = {},
): Promise<Found<unknown>> => {
  const { limit, offset } = resolved
  const page = async () =>
    limit === 0
      ? []
      : collection.aggregate<MongoDocument>(pageOf(projection, resolved), from).toArray()
  const count = async () =>
    resolved.counted ? collection.countDocuments(whereOf(resolved), from) : undefined
  // A session has one operation at a time.
  const [rows, total] = from.session
    ? [await page(), await count()]
    : await Promise.all([page(), count()])
  return { documents: rows.map(({ doc }) => doc), total: total ?? offset + rows.length }
}
