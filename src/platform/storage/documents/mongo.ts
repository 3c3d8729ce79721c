import {
  BSON,
  MongoServerError,
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
} from 'mongodb'
import type { MongoConnection } from '../../engines/mongo/connection.ts'
import type { DocumentEngine } from './engine.ts'
import { fieldOf } from './fields.ts'
import { jsonOf, storable } from './json.ts'
import { bulkSize, collectionName, collectionOf, fromPrimary, marker } from './mongo-collection.ts'
import { foldedOf, foldTexts } from './mongo-folding.ts'
import { mongoNearby } from './mongo-nearby.ts'
import { indexesOf, present, type MongoDocument } from './mongo-query.ts'
import { isOutrun, refusalIn } from './mongo-refusals.ts'
import { shardWhereRouted } from './mongo-sharding.ts'
import { documentIn, ofQueries, pageIn } from './mongo-reading.ts'
import {
  DocumentRefused,
  GenerationMissing,
  type Batch,
  type Generation,
  type Keyed,
  type Loaded,
} from './port.ts'
import { resolveQuery } from './resolved-query.ts'

/** Largest document in bytes of BSON (https://www.mongodb.com/docs/manual/reference/limits/). */
const largestDocument = 16 * 1_024 * 1_024

/** Only documents of more JSON than so many UTF-16 code units are measured: BSON takes at most about 12 times as much. */
const measuredFrom = 1_024 * 1_024

const missing = (generation: Generation) =>
  new GenerationMissing(`MongoDB has no collection ${collectionName(generation)}`)

/** Whether a command failed because there is no such collection (NamespaceNotFound). */
const isNoCollection = (error: unknown): boolean =>
  error instanceof MongoServerError && (error.code === 26 || /ns not found/.test(error.message))

/** What a batch makes of the documents concerned; those that it deletes keep their position alone. */
const documentsOf = (
  generation: Generation,
  { to, upserts, deletes }: Batch,
): readonly MongoDocument[] => [
  ...[...upserts].map(([key, document]) => {
    const json = jsonOf(document)
    const doc = JSON.parse(json) as Record<string, unknown>
    const stored = { _id: storable(key), position: to, doc, folded: foldedOf(generation, doc) }
    if (json.length > measuredFrom) {
      const size = BSON.calculateObjectSize(stored)
      if (size > largestDocument)
        throw new DocumentRefused(key, `it has ${size} bytes, MongoDB holds ${largestDocument}`)
    }
    return stored
  }),
  ...deletes.map((key) => ({ _id: storable(key), position: to })),
]

/**
 * Documents in MongoDB: a collection for each generation, `<read model>_g<generation>`. Works on a standalone server: no
 * transactions, no sessions. In a sharded cluster, a new collection is sharded before its first document.
 * @param options.onUnsharded called once, with the error, when a collection stays on one shard of a cluster
 */
export const mongoEngine = (
  connection: MongoConnection,
  { onUnsharded }: { readonly onUnsharded?: (collection: string, error: Error) => void } = {},
): DocumentEngine => {
  const { run, runNearby } = connection
  const isThere = async (collection: Collection<MongoDocument>): Promise<boolean> =>
    (await collection.findOne({ _id: marker }, { projection: { _id: 1 } })) !== null

  /** Reads, and makes sure afterwards that what was not found is not there. */
  const reading = <Answer>(
    generation: Generation,
    read: (collection: Collection<MongoDocument>) => Promise<Answer>,
    isEmpty: (answer: Answer) => boolean,
    options: { readonly limitMs?: number } = {},
  ): Promise<Answer> =>
    run(async (db) => {
      const collection = collectionOf(db, generation)
      const answer = await read(collection)
      if (isEmpty(answer) && !(await isThere(collection))) throw missing(generation)
      return answer
    }, options)

  /** Positions of the documents with these keys, and of the marker, where they are. */
  const positionsOf = async (
    generation: Generation,
    documents: readonly MongoDocument[],
  ): Promise<ReadonlyMap<string | number, bigint>> => {
    const rows = await run((db) =>
      collectionOf(db, generation)
        .find({ _id: { $in: [marker, ...documents.map(({ _id }) => _id)] } }, fromPrimary)
        .project<Pick<MongoDocument, '_id' | 'position'>>({ position: 1 })
        .toArray(),
    )
    return new Map(rows.map(({ _id, position }) => [_id, BigInt(position)]))
  }

  /**
   * Writes documents that stand before the end of the batch, until each stands there or later: another writer may come
   * in between. New ones are inserted, so that most of a catch-up needs no comparison of positions in MongoDB.
   */
  const writeBulk = async (
    generation: Generation,
    { from, to, upserts }: Batch,
    documents: readonly MongoDocument[],
  ): Promise<void> => {
    for (let isFirst = true; ; isFirst = false) {
      const positions = await positionsOf(generation, documents)
      if (!positions.has(marker)) throw missing(generation)
      const isDue = ({ _id }: MongoDocument): boolean => {
        const position = positions.get(_id)
        // A document that is folded anew at its position replaces the one there, once.
        return (
          position === undefined || position < to || (isFirst && from === to && position === to)
        )
      }
      const due = documents.filter(isDue)
      if (due.length === 0) return
      const guard = from === to ? { $lte: to } : { $lt: to }
      const writes = due.map(({ _id, ...replacement }): AnyBulkWriteOperation<MongoDocument> =>
        positions.has(_id)
          ? { replaceOne: { filter: { _id, position: guard }, replacement } }
          : { insertOne: { document: { _id, ...replacement } } },
      )
      const replaced = due.filter(({ _id }) => positions.has(_id)).length
      const matched = await run(async (db) => {
        try {
          return (await collectionOf(db, generation).bulkWrite(writes, { ordered: false }))
            .matchedCount
        } catch (error) {
          if (isOutrun(error)) return -1
          throw refusalIn(error, due, upserts.keys()) ?? error
        }
      })
      if (matched === replaced) return
    }
  }

  /** Moves the position of the marker forward. */
  const mark = (generation: Generation, to: bigint): Promise<void> =>
    run(async (db) => {
      const behind = { _id: marker, position: { $lt: to } }
      await collectionOf(db, generation).updateOne(behind, { $set: { position: to } })
    })

  /** Positions to move to, by collection, each after the move to the one before. */
  const moves = new Map<string, bigint>()
  const moved: DocumentEngine['moved'] = async (generation, position) => {
    const name = collectionName(generation)
    const isMoving = moves.has(name)
    moves.set(name, position)
    if (isMoving) return
    try {
      for (let to: bigint | undefined; to !== moves.get(name);) {
        to = moves.get(name)!
        await mark(generation, to)
      }
    } catch {
      // The next move, or the next batch, makes up for it.
    } finally {
      moves.delete(name)
    }
  }

  let isUnshardedReported = false
  /** Shards a new collection; one that has its marker is left as it is: it may have documents. */
  const shardNew = async (generation: Generation): Promise<void> => {
    const name = collectionName(generation)
    const error = await run(async (db) => {
      if (await isThere(collectionOf(db, generation))) return undefined
      const admin = db.admin()
      const command = (one: Document) => admin.command(one)
      return shardWhereRouted({ name: db.databaseName, command }, name)
    })
    if (!error || isUnshardedReported) return
    isUnshardedReported = true
    onUnsharded?.(name, error)
  }

  return {
    create: async (generation) => {
      const { projection } = generation
      await shardNew(generation)
      const fieldNamed = (name: string) => {
        const field = fieldOf(projection.document, name)
        if (!field) throw new Error(`${projection.name} cannot be indexed by "${name}"`)
        return field
      }
      // MongoDB goes on with an index whose caller has gone.
      for (const keys of indexesOf(projection, fieldNamed))
        await run((db) => collectionOf(db, generation).createIndex(keys))
      await foldTexts(connection, generation)
      await run((db) =>
        collectionOf(db, generation)
          .updateOne({ _id: marker }, { $setOnInsert: { position: 0n } }, { upsert: true })
          .catch((error: unknown) => {
            // Another process has created it at the same moment.
            if (!(error instanceof MongoServerError && error.code === 11_000)) throw error
          }),
      )
    },

    has: (generation) => run((db) => isThere(collectionOf(db, generation))),

    drop: (generation) =>
      run(async (db) => {
        await collectionOf(db, generation)
          .drop()
          .catch((error: unknown) => {
            if (!isNoCollection(error)) throw error
          })
      }),

    write: async (generation, batch) => {
      const documents = documentsOf(generation, batch)
      for (let at = 0; at === 0 || at < documents.length; at += bulkSize)
        await writeBulk(generation, batch, documents.slice(at, at + bulkSize))
      // After all of the documents: who reads the marker first finds them. One that is folded anew says nothing of others,
      // nor does a part.
      if (runNearby && batch.from < batch.to && !generation.part) await mark(generation, batch.to)
    },

    sweep: (generation, position) =>
      run(async (db) => {
        await collectionOf(db, generation).deleteMany({
          _id: { $type: 'string' },
          doc: { $exists: false },
          position: { $lte: position },
        })
      }),

    load: (generation, keys) =>
      reading(
        generation,
        async (collection) => {
          const wanted = [...new Set(keys.map(storable))]
          const found = new Map<string | number, Required<Loaded>>()
          for (let at = 0; at < wanted.length; at += bulkSize) {
            const some = wanted.slice(at, at + bulkSize)
            const rows = collection.find({ _id: { $in: some } }, fromPrimary)
            for (const { _id, doc, position } of await rows.toArray())
              found.set(_id, { document: doc, position: BigInt(position) })
          }
          return new Map(
            keys.flatMap((key) => {
              const loaded = found.get(storable(key))
              return loaded === undefined ? [] : [[key, loaded] as const]
            }),
          )
        },
        (documents) => documents.size === 0,
      ),

    scan: (generation, { after, limit }) =>
      reading(
        generation,
        async (collection): Promise<readonly Keyed[]> => {
          const range =
            after === undefined ? present : { ...present, _id: { $gt: storable(after) } }
          const rows = await collection.find(range).sort({ _id: 1 }).limit(limit).toArray()
          return rows.map(({ _id, doc }) => [String(_id), doc])
        },
        (page) => page.length === 0,
      ),

    get: (generation, key) =>
      reading(
        generation,
        (collection) => documentIn(collection, key),
        (document) => document === undefined,
        ofQueries,
      ),

    find: async (generation, query) => {
      const resolved = resolveQuery(generation.projection, query)
      return reading(
        generation,
        (collection) => pageIn(collection, generation, resolved),
        // Dropped between the two, one of them may still have found something.
        ({ documents, total }) => documents.length === 0 || total === 0,
        ofQueries,
      )
    },
    ...(runNearby && {
      nearby: mongoNearby(runNearby),
      moved,
    }),
  }
}
