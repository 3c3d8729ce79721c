import type { Collection } from 'mongodb'
import type { MongoConnection, NearbyRead } from '../../engines/mongo/connection.ts'
import type { EngineNearbyReads } from './engine.ts'
import { collectionOf, marker } from './mongo-collection.ts'
import type { MongoDocument } from './mongo-query.ts'
import { documentIn, ofQueries, pageIn } from './mongo-reading.ts'
import type { Generation, Positioned } from './port.ts'
import { resolveQuery } from './resolved-query.ts'

/**
 * Reads of the members of a replica set. The marker of a generation is read first: its position is written after the
 * documents, and members apply writes in their order, so that the documents that are read next are at least as fresh.
 */
export const mongoNearby = (
  runNearby: NonNullable<MongoConnection['runNearby']>,
): EngineNearbyReads => {
  const reading = <Answer>(
    generation: Generation,
    read: (collection: Collection<MongoDocument>, from: NearbyRead) => Promise<Answer>,
    isEmpty: (answer: Answer) => boolean,
  ): Promise<Positioned<Answer> | undefined> =>
    runNearby(async (db, from) => {
      const collection = collectionOf(db, generation)
      const marked = () => collection.findOne({ _id: marker }, from)
      const position = BigInt((await marked())?.position ?? 0n)
      // The member does not have the generation yet, or it was written before members were read.
      if (position === 0n) return undefined
      const answer = await read(collection, from)
      // Dropped between the two, it has no documents.
      if (isEmpty(answer) && !(await marked())) return undefined
      return { answer, position }
    }, ofQueries)

  return {
    get: (generation, key) =>
      reading(
        generation,
        (collection, from) => documentIn(collection, key, from),
        (document) => document === undefined,
      ),
    find: async (generation, query) => {
      const resolved = resolveQuery(generation.projection, query)
      return reading(
        generation,
        (collection, from) => pageIn(collection, generation, resolved, from),
        ({ documents, total }) => documents.length === 0 || total === 0,
      )
    },
  }
}
