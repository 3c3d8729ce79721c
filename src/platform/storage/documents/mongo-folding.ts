import type { Filter } from 'mongodb'
import { folded } from '#kernel'
import type { MongoConnection } from '../../engines/mongo/connection.ts'
import { foldedFieldsOf, textIn } from './fields.ts'
import { storable } from './json.ts'
import { bulkSize, collectionOf, fromPrimary } from './mongo-collection.ts'
import { foldedNameOf, type MongoDocument } from './mongo-query.ts'
import type { Generation } from './port.ts'

/** Documents of a collection that one call looks through: by their keys, which are in an index. */
const rangeSize = 10_000

/** Returns the folded texts of a document, by which its parts are looked up. */
export const foldedOf = ({ projection }: Generation, document: unknown) =>
  Object.fromEntries(
    foldedFieldsOf(projection).flatMap((field) => {
      const text = textIn(field, document)
      return text === undefined ? [] : [[foldedNameOf(field), folded(storable(text))] as const]
    }),
  )

/**
 * Folds texts that a generation of this version holds and did not fold yet: they are looked up by their parts since.
 * Each call of MongoDB concerns so many documents that its time limit suffices; what was folded stays so
 * when a later one fails, and another run goes on there.
 */
export const foldTexts = async (
  { run }: Pick<MongoConnection, 'run'>,
  generation: Generation,
): Promise<void> => {
  const fields = foldedFieldsOf(generation.projection)
  if (fields.length === 0) return
  const lacking = {
    $or: fields.map((field) => ({
      [`folded.${foldedNameOf(field)}`]: { $exists: false },
      [`doc.${field.path.join('.')}`]: { $type: 'string' as const },
    })),
  }
  const keyedAfter = (after: string | undefined): Filter<MongoDocument> => ({
    _id: after === undefined ? { $type: 'string' } : { $gt: after },
  })
  /** The last key of the next range; undefined for the last range. */
  const endAfter = (after: string | undefined): Promise<string | undefined> =>
    run(async (db) => {
      const inOrder = collectionOf(db, generation).find(keyedAfter(after)).sort({ _id: 1 })
      const [last] = await inOrder
        .project<Pick<MongoDocument, '_id'>>({ _id: 1 })
        .skip(rangeSize - 1)
        .limit(1)
        .toArray()
      return last && String(last._id)
    })
  /** Folds the first documents of a range. @returns the last of their keys, if there may be more */
  const foldSome = (
    after: string | undefined,
    end: string | undefined,
  ): Promise<string | undefined> =>
    run(async (db) => {
      const collection = collectionOf(db, generation)
      const range = [keyedAfter(after), ...(end === undefined ? [] : [{ _id: { $lte: end } }])]
      const rows = await collection
        .find({ $and: [...range, lacking] }, fromPrimary)
        .sort({ _id: 1 })
        .limit(bulkSize)
        .toArray()
      if (rows.length === 0) return undefined
      await collection.bulkWrite(
        rows.map(({ _id, position, doc }) => ({
          updateOne: {
            // A document that was written meanwhile is folded by its writer.
            filter: { _id, position },
            update: { $set: { folded: foldedOf(generation, doc) } },
          },
        })),
        { ordered: false },
      )
      return rows.length < bulkSize ? undefined : String(rows.at(-1)!._id)
    })
  for (let from: string | undefined; ;) {
    const end = await endAfter(from)
    for (let after = from; ;) {
      const last = await foldSome(after, end)
      if (last === undefined) break
      after = last
    }
    if (end === undefined) return
    from = end
  }
}
