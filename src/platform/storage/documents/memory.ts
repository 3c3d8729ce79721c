import { isDeepStrictEqual } from 'node:util'
import { inOrderOf, isBehind, matches } from './matching.ts'
import { jsonOf, storable } from './json.ts'
import { Unavailable } from '../../unavailable.ts'
import { resolveQuery } from './resolved-query.ts'
import type {
  Advance,
  Batch,
  Comparison,
  DocumentStore,
  Generation,
  GenerationRecord,
} from './port.ts'

/** A document is kept as text as well, so that nobody who was given it can change it. */
type Kept = { readonly json: string; readonly document: unknown }

type Build = { record: GenerationRecord; readonly documents: Map<string, Kept> }

type ReadModel = { readonly builds: Map<number, Build>; last: number }

/** A document store that lives as long as its process: for tests, and for one context on its own. */
export const memoryDocuments = (clock: () => Date = () => new Date()): DocumentStore => {
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

  const make = ({ projection: { name, version }, generation }: Generation): void => {
    const model = modelOf(name)
    if (model.builds.has(generation)) return
    model.last = Math.max(model.last, generation)
    const startedAt = clock().toISOString()
    model.builds.set(generation, {
      record: { generation, version, status: 'building', position: 0n, startedAt },
      documents: new Map(),
    })
  }

  const move = ({ generation, from, to }: Advance): boolean => {
    const build = buildOf(generation)
    if (!build || build.record.status === 'retired' || build.record.position !== from) return false
    build.record = { ...build.record, position: to }
    return true
  }

  const keptOf = (upserts: Batch['upserts']): readonly (readonly [string, Kept])[] =>
    [...upserts].map(([key, value]) => {
      const json = jsonOf(value)
      return [storable(key), { json, document: JSON.parse(json) as unknown }] as const
    })

  const put = (
    generation: Generation,
    { from, to, deletes }: Batch,
    written: ReturnType<typeof keptOf>,
  ): boolean => {
    const documents = buildOf(generation)?.documents
    if (!documents || !move({ generation, from, to })) return false
    deletes.forEach((key) => documents.delete(storable(key)))
    written.forEach(([key, kept]) => documents.set(key, kept))
    return true
  }

  const copyOf = <Document>({ json }: Kept): Document =>
    // What was written for a projection is of its document's type.
    JSON.parse(json) as Document

  return {
    begin: async (projection) => {
      const generation = { projection, generation: modelOf(projection.name).last + 1 }
      make(generation)
      return generation
    },

    create: async (generation) => make(generation),

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
      return build && { projection, generation: build.record.generation }
    },

    generations: async (name) =>
      [...(models.get(name)?.builds.values() ?? [])]
        .map(({ record }) => record)
        .toSorted((a, b) => a.generation - b.generation),

    compare: async (live, next) => {
      const older = buildOf(live)?.documents ?? new Map<string, Kept>()
      const newer = buildOf(next)?.documents ?? new Map<string, Kept>()
      const counts = { same: 0, different: 0, onlyOld: 0, onlyNew: 0 }
      for (const [key, { document }] of older) {
        const other = newer.get(key)
        if (!other) counts.onlyOld += 1
        else if (isDeepStrictEqual(document, other.document)) counts.same += 1
        else counts.different += 1
      }
      counts.onlyNew = newer.size - counts.same - counts.different
      return counts
    },

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
      if (!documents) throw new Unavailable(`${projection.name} has no generation ${number}`)
      return new Map(
        keys.flatMap((key) => {
          const kept = documents.get(storable(key))
          return kept ? [[key, copyOf(kept)] as const] : []
        }),
      )
    },

    write: async (generation, batch) => {
      return put(generation, batch, keptOf(batch.upserts))
    },

    writeAll: async (batches) => {
      const isAt = ({ generation, from }: Advance) => {
        const record = buildOf(generation)?.record
        return record?.position === from && record.status !== 'retired'
      }
      const written = batches.map(({ upserts }) => keptOf(upserts))
      if (!batches.every(isAt)) return false
      batches.forEach((batch, index) => put(batch.generation, batch, written[index]!))
      return true
    },

    advance: async (moves) => moves.map(move),

    get: async (projection, key) => {
      const kept = liveOf(projection.name)?.documents.get(storable(key))
      return kept && copyOf(kept)
    },

    find: async (projection, query) => {
      const resolved = resolveQuery(projection, query)
      const found = [...(liveOf(projection.name)?.documents ?? [])]
        .filter(([, { document }]) => matches(document, resolved))
        .map(([key, kept]) => [key, kept.document, kept] as const)
        .toSorted((a, b) => inOrderOf(resolved)([a[0], a[1]], [b[0], b[1]]))
      const { offset, limit } = resolved
      const shown = found.filter(([key, document]) => isBehind(key, document, resolved))
      return {
        documents: shown.slice(offset, offset + limit).map(([, , kept]) => copyOf(kept)),
        total: found.length,
      }
    },
  }
}
