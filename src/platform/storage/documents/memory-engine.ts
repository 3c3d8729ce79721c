import { searchIn } from '../search/search-in-memory.ts'
import type { DocumentEngine, SearchEngine } from './engine.ts'
import { storable } from './json.ts'
import { GenerationMissing, type Batch, type Generation } from './port.ts'
import { copyOf, findIn, scanIn, stored, type StoredDocument } from './stored-documents.ts'

/** A stored document, or the remains of a deleted one, with the position it is true at. */
type Positioned = { readonly position: bigint; readonly document?: StoredDocument }

const nameOf = ({ projection, generation }: Generation): string =>
  `${projection.name}_g${generation}`

/** A document engine that lives as long as its process. */
export const memoryEngine = (): DocumentEngine & SearchEngine => {
  const tables = new Map<string, Map<string, Positioned>>()

  const tableOf = (generation: Generation): Map<string, Positioned> => {
    const table = tables.get(nameOf(generation))
    if (!table) throw new GenerationMissing(`${nameOf(generation)} is not there`)
    return table
  }

  /** The documents that were not deleted. */
  const documentsOf = (generation: Generation): ReadonlyMap<string, StoredDocument> =>
    new Map(
      [...tableOf(generation)].flatMap(([key, { document }]) =>
        document ? [[key, document] as const] : [],
      ),
    )

  const writing = (table: Map<string, Positioned>, { from, to }: Batch) => {
    const isOlder = (key: string): boolean => {
      const position = table.get(key)?.position
      return position === undefined || position < to || (from === to && position === to)
    }
    return (key: string, document?: StoredDocument): void => {
      if (isOlder(key)) table.set(key, { position: to, ...(document && { document }) })
    }
  }

  return {
    create: async (generation) => {
      if (!tables.has(nameOf(generation))) tables.set(nameOf(generation), new Map())
    },
    has: async (generation) => tables.has(nameOf(generation)),
    drop: async (generation) => void tables.delete(nameOf(generation)),
    write: async (generation, batch) => {
      const documents = [...batch.upserts].map(([key, value]) => [key, stored(value)] as const)
      const put = writing(tableOf(generation), batch)
      for (const [key, document] of documents) put(storable(key), document)
      for (const key of batch.deletes) put(storable(key))
    },
    sweep: async (generation, upTo) => {
      const table = tableOf(generation)
      for (const [key, { document, position }] of table)
        if (!document && position <= upTo) table.delete(key)
    },
    load: async (generation, keys) => {
      const table = tableOf(generation)
      return new Map(
        keys.flatMap((key) => {
          const found = table.get(storable(key))
          if (!found) return []
          const { position, document } = found
          return [[key, { position, document: document && copyOf(document) }] as const]
        }),
      )
    },
    scan: async (generation, range) => scanIn(documentsOf(generation), range),
    get: async (generation, key) => {
      const found = documentsOf(generation).get(storable(key))
      return found && copyOf(found)
    },
    refresh: async (generation) => void tableOf(generation),
    search: async (generation, query) =>
      searchIn(documentsOf(generation), generation.projection, query),
    find: async (generation, query) =>
      findIn(documentsOf(generation), generation.projection, query),
  }
}
