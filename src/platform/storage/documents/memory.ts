import type { Search } from '../search/port.ts'
import { searchIn } from '../search/search-in-memory.ts'
import { comparedRange } from './compared-range.ts'
import { storable } from './json.ts'
import {
  GenerationMissing,
  type Advance,
  type Batch,
  type Comparison,
  type DocumentStore,
  type Generation,
  type GenerationRecord,
  type Keyed,
} from './port.ts'
import { copyOf, findIn, scanIn, stored, type StoredDocument } from './stored-documents.ts'

type Build = { record: GenerationRecord; readonly documents: Map<string, StoredDocument> }

type ReadModel = { readonly builds: Map<number, Build>; last: number }

/** A document store that lives as long as its process: for tests, and for one context on its own. */
export const memoryDocuments = (clock: () => Date = () => new Date()): DocumentStore & Search => {
  const models = new Map<string, ReadModel>()

  const modelOf = (name: string): ReadModel => {
    const model = models.get(name) ?? { builds: new Map(), last: 0 }
    models.set(name, model)
    return model
  }

  const buildOf = ({ projection, generation }: Generation): Build | undefined =>
    models.get(projection.name)?.builds.get(generation)

  const liveOf = (name: string): Build | undefined =>
    models
      .get(name)
      ?.builds.values()
      .find(({ record }) => record.status === 'live')

  const make = ({ projection: { name, version }, generation, store }: Generation): void => {
    const model = modelOf(name)
    if (model.builds.has(generation)) return
    model.last = Math.max(model.last, generation)
    const startedAt = clock().toISOString()
    model.builds.set(generation, {
      record: { generation, version, store, status: 'building', position: 0n, startedAt },
      documents: new Map(),
    })
  }

  const move = ({ generation, from, to }: Advance): boolean => {
    const build = buildOf(generation)
    if (!build || build.record.status === 'retired' || build.record.position !== from) return false
    build.record = { ...build.record, position: to }
    return true
  }

  const storedOf = ({ upserts }: Batch) =>
    [...upserts].map(([key, document]) => [storable(key), stored(document)] as const)

  const put = (
    generation: Generation,
    { from, to, deletes }: Batch,
    written: ReturnType<typeof storedOf>,
  ): boolean => {
    const documents = buildOf(generation)?.documents
    if (!documents || !move({ generation, from, to })) return false
    deletes.forEach((key) => documents.delete(storable(key)))
    written.forEach(([key, document]) => documents.set(key, document))
    return true
  }

  const scan = (
    generation: Generation,
    range: Parameters<DocumentStore['scan']>[1],
  ): readonly Keyed[] => {
    const { projection, generation: number } = generation
    const documents = buildOf(generation)?.documents
    if (!documents) throw new GenerationMissing(`${projection.name} has no generation ${number}`)
    return scanIn(documents, range)
  }

  return {
    storeFor: () => 'postgres',

    begin: async (projection, store = 'postgres') => {
      const generation = { projection, generation: modelOf(projection.name).last + 1, store }
      make(generation)
      return generation
    },

    create: async (generation) => make(generation),

    has: async (generation) => buildOf(generation) !== undefined,

    drop: async (generation) => {
      const { projection, generation: number } = generation
      if (buildOf(generation)?.record.status === 'live')
        throw new Error(`${projection.name} is answered for by generation ${number}`)
      models.get(projection.name)?.builds.delete(number)
    },

    publish: async (generation) => {
      const { projection, generation: number } = generation
      const next = buildOf(generation)
      if (!next) throw new Error(`${projection.name} has no generation ${number}`)
      const live = liveOf(projection.name)
      if (live === next) return
      if (live) live.record = { ...live.record, status: 'retired' }
      next.record = { ...next.record, status: 'live', publishedAt: clock().toISOString() }
    },

    live: async (projection) => {
      const build = liveOf(projection.name)
      if (!build) return undefined
      const { generation, store } = build.record
      return { projection, generation, store }
    },

    generations: async (name) =>
      [...(models.get(name)?.builds.values() ?? [])]
        .map(({ record }) => record)
        .toSorted((a, b) => a.generation - b.generation),

    compare: async (live, next, range) =>
      comparedRange(scan(live, range), scan(next, range), range.limit),

    saveComparison: async (generation, comparison: Comparison) => {
      const build = buildOf(generation)
      if (build) build.record = { ...build.record, comparison }
    },

    position: async (generation) => buildOf(generation)?.record.position ?? 0n,

    positions: async (names) =>
      new Map(
        names.flatMap((name) => {
          const live = liveOf(name)
          return live ? [[name, live.record.position] as const] : []
        }),
      ),

    load: async (generation, keys) => {
      const { projection, generation: number } = generation
      const documents = buildOf(generation)?.documents
      if (!documents) throw new GenerationMissing(`${projection.name} has no generation ${number}`)
      return new Map(
        keys.flatMap((key) => {
          const found = documents.get(storable(key))
          return found ? [[key, copyOf(found)] as const] : []
        }),
      )
    },

    scan: async (generation, range) => scan(generation, range),

    write: async (generation, batch) => put(generation, batch, storedOf(batch)),

    writeAll: async (batches) => {
      const isAt = ({ generation, from }: Advance) => {
        const record = buildOf(generation)?.record
        return record?.position === from && record.status !== 'retired'
      }
      const written = batches.map(storedOf)
      if (!batches.every(isAt)) return false
      batches.forEach((batch, index) => put(batch.generation, batch, written[index]!))
      return true
    },

    advance: async (moves) => moves.map(move),

    get: async (projection, key) => {
      const found = liveOf(projection.name)?.documents.get(storable(key))
      return found && copyOf(found)
    },

    search: async (projection, query) =>
      searchIn(liveOf(projection.name)?.documents ?? new Map(), projection, query),

    find: async (projection, query) =>
      findIn(liveOf(projection.name)?.documents ?? new Map(), projection, query),
  }
}
