import type { Collection, Db } from 'mongodb'
import type { MongoDocument } from './mongo-query.ts'
import type { Generation } from './port.ts'

/** Documents of one bulk write. */
export const bulkSize = 500

/** Option of reads that are folded on: they must not be of a replica that is behind. */
export const fromPrimary = { readPreference: 'primary' } as const

/** Returns the name of the collection of a generation. */
export const collectionName = ({ projection, generation }: Generation): string =>
  `${projection.name}_g${generation}`

/** Returns the collection of a generation. */
export const collectionOf = (db: Db, generation: Generation): Collection<MongoDocument> =>
  db.collection<MongoDocument>(collectionName(generation), { ignoreUndefined: true })
