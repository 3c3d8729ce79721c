import type { Collection, Db } from 'mongodb'
import type { MongoDocument } from './mongo-query.ts'
import type { Generation } from './port.ts'

/** Documents of one bulk write. */
export const bulkSize = 500

/**
 * The key of the document that marks a collection as created: no text, as the keys of documents are. Where members of a
 * replica set are read, its position is one that all documents have reached.
 */
export const marker = 0

/** Option of reads that are folded on: they must not be of a replica that is behind. */
export const fromPrimary = { readPreference: 'primary' } as const

/** Returns the name of the collection of a generation. */
export const collectionName = ({ projection, generation }: Generation): string =>
  `${projection.name}_g${generation}`

/** Returns the collection of a generation. */
export const collectionOf = (db: Db, generation: Generation): Collection<MongoDocument> =>
  db.collection<MongoDocument>(collectionName(generation), { ignoreUndefined: true })
