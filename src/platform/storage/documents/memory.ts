import type { Search } from '../search/port.ts'
import { searchIn } from '../search/search-in-memory.ts'
import { comparedRange, countsOf } from './compared-range.ts'
import { storable } from './json.ts'
import { withoutSamples } from './gates.ts'
import {
  GenerationDiscarded,
  GenerationMissing,
  PartMoved,
  type Advance,
  type Batch,
  type Comparison,
  type DocumentStore,
  type Gate,
  type Generation,
  type GenerationRecord,
  type Keyed,
  type Part,
  type PartRecord,
  type RebuildReport,
} from './port.ts'
import { copyOf, findIn, scanIn, stored, type StoredDocument } from './stored-documents.ts'

type Build = {
  record: GenerationRecord
  /** Empty where the generation is whole. */
  parts: readonly PartRecord[]
  report?: RebuildReport
  readonly documents: Map<string, StoredDocument>
}

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

  const make = (
    { projection: { name, version }, generation, store }: Generation,
    gate?: Gate,
  ): void => {
    const model = modelOf(name)
    if (model.builds.has(generation)) return
    model.last = Math.max(model.last, generation)
    const startedAt = clock().toISOString()
    model.builds.set(generation, {
      record: {
        generation,
        version,
        store,
        status: 'building',
        position: 0n,
        startedAt,
        ...(gate && { gate }),
      },
      parts: [],
      documents: new Map(),
    })
  }

  let epochs = 0n

  const isPart =
    (one: Part) =>
    ({ part, epoch }: PartRecord): boolean =>
      part === one.part && epoch === one.epoch

  const positionOf = ({ record, parts }: Build): bigint =>
    parts.reduce(
      (least, { position }) => (position < least ? position : least),
      parts[0]?.position ?? record.position,
    )

  const recordOf = (build: Build): GenerationRecord => ({
    ...build.record,
    position: positionOf(build),
    ...(build.parts.length > 0 && { parts: build.parts.length }),
  })

  const movePart = (build: Build, mine: Part, { from, to }: Advance): boolean => {
    const isMine = isPart(mine)
    if (!build.parts.some((one) => isMine(one) && one.position === from)) return false
    build.parts = build.parts.map((one) => (isMine(one) ? { ...one, position: to } : one))
    return true
  }

  const move = ({ generation, from, to }: Advance): boolean => {
    const build = buildOf(generation)
    if (build && generation.part) return movePart(build, generation.part, { generation, from, to })
    if (!build || build.parts.length > 0) return false
    if (build.record.status === 'retired' || build.record.position !== from) return false
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

    begin: async (projection, store = 'postgres', gate) => {
      const generation = { projection, generation: modelOf(projection.name).last + 1, store }
      make(generation, gate)
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
      if (next.record.request === 'discard')
        throw new GenerationDiscarded(`Generation ${number} of ${projection.name} was discarded`)
      if (live) {
        live.record = { ...live.record, position: positionOf(live), status: 'retired' }
        live.parts = []
      }
      next.record = { ...next.record, status: 'live', publishedAt: clock().toISOString() }
      if (next.report) next.report = withoutSamples(next.report)
    },

    live: async (projection) => {
      const build = liveOf(projection.name)
      if (!build) return undefined
      const { generation, store } = build.record
      return { projection, generation, store }
    },

    generations: async (name) =>
      [...(models.get(name)?.builds.values() ?? [])]
        .map(recordOf)
        .toSorted((a, b) => a.generation - b.generation),

    compare: async (live, next, range) =>
      comparedRange(scan(live, range), scan(next, range), range.limit),

    saveComparison: async (generation, comparison: Comparison) => {
      const build = buildOf(generation)
      if (build) build.record = { ...build.record, comparison }
    },

    saveGateState: async (generation, gateState, report) => {
      const build = buildOf(generation)
      if (build?.record.status !== 'building' || !build.record.gate) return
      const comparison = report && countsOf(report)
      build.record = { ...build.record, gateState, ...(comparison && { comparison }) }
      if (report) build.report = report
    },

    report: async ({ projection, generation }) =>
      models.get(projection.name)?.builds.get(generation)?.report,

    request: async (generation, request) => {
      const build = buildOf(generation)
      if (build?.record.status !== 'building' || build.record.request === 'discard') return false
      build.record = { ...build.record, request }
      return true
    },

    position: async (generation) => {
      const build = buildOf(generation)
      const { part } = generation
      if (!part) return build ? positionOf(build) : 0n
      const found = build?.parts.find(isPart(part))
      if (!found) throw new PartMoved(`${generation.projection.name} has no such part`)
      return found.position
    },

    parts: async (generation) => buildOf(generation)?.parts ?? [],

    split: async (generation, into) => {
      const build = buildOf(generation)
      if (!build || build.record.status !== 'live' || build.parts.length > 0) return false
      const { position } = build.record
      const epoch = (epochs += 1n)
      build.parts = Array.from({ length: into }, (_, part) => ({
        part,
        of: into,
        epoch,
        isHeld: false,
        position,
      }))
      return true
    },

    hold: async (generation) => {
      const build = buildOf(generation)
      const epoch = (epochs += 1n)
      if (build) build.parts = build.parts.map((one) => ({ ...one, epoch, isHeld: true }))
      return build?.parts ?? []
    },

    release: async (generation) => {
      const build = buildOf(generation)
      const epoch = (epochs += 1n)
      if (build?.parts.some(({ isHeld }) => isHeld))
        build.parts = build.parts.map((one) => ({ ...one, epoch, isHeld: false }))
    },

    join: async (generation, epoch) => {
      const build = buildOf(generation)
      const at = build?.parts[0]?.position
      if (!build || at === undefined) return false
      if (build.parts.some((one) => one.epoch !== epoch || one.position !== at)) return false
      build.record = { ...build.record, position: at }
      build.parts = []
      return true
    },

    positions: async (names) =>
      new Map(
        names.flatMap((name) => {
          const live = liveOf(name)
          return live ? [[name, positionOf(live)] as const] : []
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
        const build = buildOf(generation)
        const { part } = generation
        if (part) return build?.parts.some((one) => isPart(part)(one) && one.position === from)
        const isWhole = build?.parts.length === 0
        return isWhole && build.record.position === from && build.record.status !== 'retired'
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
