import type { AnyProjection, Store } from '#kernel'
import { coalesce } from '../../coalesce.ts'
import { Unavailable } from '../../unavailable.ts'
import type { Search, SearchQuery, SearchResult } from '../search/port.ts'
import { comparedRange } from './compared-range.ts'
import type { DocumentEngine, Engine, EngineNearbyReads, SearchEngine } from './engine.ts'
import {
  GenerationMissing,
  InvalidQuery,
  type DocumentStore,
  type Found,
  type Generation,
  type GenerationBatch,
  type NearbyReads,
  type Positioned,
} from './port.ts'

/** An engine beside PostgreSQL. */
export type ConfiguredEngine<E extends Engine = Engine> = {
  readonly engine: E
  /** Whether new generations are built in it; otherwise it only answers for those that are still there. */
  readonly isCurrent: boolean
}

/** What an engine can do besides what all can. */
type Configured = Engine &
  Partial<Pick<DocumentEngine, 'find' | 'nearby' | 'moved'>> &
  Partial<Pick<SearchEngine, 'search' | 'refresh'>>

/**
 * Remains of deleted documents are swept this often, in ms, up to the position that was saved when that time began: a
 * process that hung between checking its lease and writing would bring back a document whose remains are gone.
 */
const sweepEvery = 600_000

/**
 * Routes each generation to the store that its documents are in. A projection whose `store` is not configured lives in
 * PostgreSQL. Reads of a projection that belongs in PostgreSQL go there without a lookup; those of others ask first
 * which generation is live, all that come in one turn of the event loop by one statement.
 * @param home PostgreSQL: bookkeeping of all generations, and documents of its own
 * @param engines the others, by the store they are
 * @param options.now clock in ms, for tests
 */
export const routedDocuments = (
  home: DocumentStore & Search,
  engines: {
    readonly mongo?: ConfiguredEngine<DocumentEngine>
    readonly elasticsearch?: ConfiguredEngine<SearchEngine>
  },
  { now = () => performance.now() }: { readonly now?: () => number } = {},
): DocumentStore & Search & { readonly nearby: NearbyReads } => {
  const configuredIn = (store: Store): ConfiguredEngine<Configured> | undefined =>
    store === 'postgres' ? undefined : engines[store]

  /** Positions up to which generations are swept next, with the time at which each was saved, by name and number. */
  const toSweep = new Map<string, { readonly position: bigint; readonly at: number }>()

  /** @returns undefined for PostgreSQL */
  const engineOf = ({ projection, store }: Generation): Configured | undefined => {
    if (store === 'postgres') return undefined
    const configured = configuredIn(store)
    if (!configured)
      throw new Unavailable(`${projection.name} lives in ${store}, which is not configured`)
    return configured.engine
  }

  const live = coalesce<AnyProjection, Generation | undefined>((projections) => {
    const asked = new Map<string, Promise<Generation | undefined>>()
    return Promise.all(
      projections.map((projection) => {
        const found = asked.get(projection.name) ?? home.live(projection)
        asked.set(projection.name, found)
        return found
      }),
    )
  })

  /**
   * Reads from the live generation; again, while others take its place between the lookup and the read. An empty answer of
   * PostgreSQL may be that of views that were dropped meanwhile.
   */
  const reading = async <Answer>(
    projection: AnyProjection,
    read: {
      readonly home: () => Promise<Answer>
      readonly engine: (engine: Configured, generation: Generation) => Promise<Answer>
      readonly isEmpty: (answer: Answer) => boolean
    },
  ): Promise<Answer> => {
    if (projection.store === 'postgres') return read.home()
    let generation = await live(projection)
    for (;;) {
      const engine = generation && engineOf(generation)
      const attempt: Promise<Answer> =
        generation && engine ? read.engine(engine, { ...generation, projection }) : read.home()
      const answer = await attempt.catch((error: unknown) => {
        if (!(error instanceof GenerationMissing)) throw error
        return error
      })
      const isMissing = answer instanceof GenerationMissing
      if (!isMissing && (engine || !read.isEmpty(answer))) return answer
      const next = await live(projection)
      if (next?.generation === generation?.generation) {
        if (isMissing) throw answer
        return answer
      }
      generation = next
    }
  }

  /** Whether batches may be written: the generation stands at `from` and was neither retired nor dropped. */
  const stands = async ({ generation, from }: GenerationBatch): Promise<boolean> => {
    const { part: mine } = generation
    if (mine)
      return (await home.parts(generation)).some(
        ({ part, epoch, position }) =>
          part === mine.part && epoch === mine.epoch && position === from,
      )
    const records = await home.generations(generation.projection.name)
    const record = records.find((one) => one.generation === generation.generation)
    const isWhole = record !== undefined && record.parts === undefined
    return isWhole && record.status !== 'retired' && record.position === from
  }

  const hasRecord = async ({ projection, generation }: Generation): Promise<boolean> => {
    const records = await home.generations(projection.name)
    return records.some((one) => one.generation === generation)
  }

  const isRetired = async ({ projection, generation }: Generation): Promise<boolean> => {
    const records = await home.generations(projection.name)
    return records.some((one) => one.generation === generation && one.status === 'retired')
  }

  const sweepIfDue = (engine: Engine, { generation, from, deletes }: GenerationBatch) => {
    // Another part may stand before what this one has passed: what it deletes remains until the generation is whole.
    if (deletes.length === 0 || generation.part) return
    const name = `${generation.projection.name} ${generation.generation}`
    const due = toSweep.get(name)
    const at = now()
    if (due && at - due.at < sweepEvery) return
    toSweep.set(name, { position: from, at })
    // Sweeping may fail without harm.
    if (due) void engine.sweep(generation, due.position).catch(() => undefined)
  }

  const writeAll = async (batches: readonly GenerationBatch[]): Promise<boolean> => {
    const parts = batches.map((batch) => ({ batch, engine: engineOf(batch.generation) }))
    if (parts.every(({ engine }) => !engine)) return home.writeAll(batches)
    if (!(await Promise.all(batches.map(stands))).every(Boolean)) return false
    await Promise.all(
      parts.flatMap(({ batch, engine }) => (engine ? [engine.write(batch.generation, batch)] : [])),
    )
    // PostgreSQL moves the positions of the others with what it writes itself.
    const moved = await home.writeAll(
      parts.map(({ batch, engine }) =>
        engine ? { ...batch, upserts: new Map(), deletes: [] } : batch,
      ),
    )
    if (moved) for (const { batch, engine } of parts) if (engine) sweepIfDue(engine, batch)
    return moved
  }

  /** Shows the live generation to people; the next start of a process does what fails now. */
  const show = (generation: Generation): Promise<void> | undefined =>
    configuredIn(generation.store)
      ?.engine.published?.(generation)
      .catch(() => undefined)

  /** Asks the replicas of the store of a read model, where it has some. */
  const nearbyOf = async <Answer>(
    projection: AnyProjection,
    ask: (reads: EngineNearbyReads, generation: Generation) => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> => {
    if (projection.store === 'postgres') return undefined
    const generation = await live(projection)
    const reads = generation && engineOf(generation)?.nearby
    return reads && ask(reads, { ...generation, projection })
  }

  const routed: DocumentStore & Search & { readonly nearby: NearbyReads } = {
    ...home,

    nearby: {
      // What was written for a projection is of its document's type.
      get: <Document>(projection: AnyProjection, key: string) =>
        nearbyOf(
          projection,
          async (reads, generation) =>
            (await reads.get(generation, key)) as Positioned<Document | undefined> | undefined,
        ),
      find: <Document>(projection: AnyProjection, query: Parameters<DocumentStore['find']>[1]) =>
        nearbyOf(
          projection,
          async (reads, generation) =>
            (await reads.find(generation, query)) as Positioned<Found<Document>> | undefined,
        ),
    },

    advance: async (moves) => {
      const moved = await home.advance(moves)
      for (const [nth, { generation, to }] of moves.entries())
        if (moved[nth] && !generation.part)
          void configuredIn(generation.store)?.engine.moved?.(generation, to)
      return moved
    },

    storeFor: ({ store }) => (configuredIn(store)?.isCurrent ? store : 'postgres'),

    begin: async (projection, store = routed.storeFor(projection), gate) => {
      // Asked first: each attempt while the engine is away would leave the record of a generation that nothing builds.
      await engineOf({ projection, generation: 0, store })?.has({
        projection,
        generation: 0,
        store,
      })
      const generation = await home.begin(projection, store, gate)
      const engine = engineOf(generation)
      // The number is new to this log: what the engine has by it is of another one, such as before PostgreSQL was emptied.
      await engine?.drop(generation)
      await engine?.create(generation)
      // The process that runs the read model drops a generation that its engine has not created yet.
      if (engine && !(await hasRecord(generation))) await engine.drop(generation)
      return generation
    },

    create: async (generation) => {
      await home.create(generation)
      const engine = engineOf(generation)
      await engine?.create(generation)
      if (!engine?.published) return
      const published = await home.live(generation.projection)
      if (published?.generation === generation.generation) await show(generation)
    },

    publish: async (generation) => {
      await home.publish(generation)
      await show(generation)
    },

    has: async (generation) => {
      const isReachable = generation.store === 'postgres' || configuredIn(generation.store)
      return isReachable ? (engineOf(generation) ?? home).has(generation) : false
    },

    drop: async (generation) => {
      const { store } = generation
      const isLive = (await home.live(generation.projection))?.generation === generation.generation
      // What remains in a store that is no longer configured is dropped once it is configured again. Until then, its
      // record is all that tells operators of it.
      const isOutOfReach = store !== 'postgres' && !configuredIn(store)
      if (isOutOfReach && (await isRetired(generation))) return
      if (!isLive && configuredIn(store)) await engineOf(generation)?.drop(generation)
      await home.drop(generation)
    },

    compare: async (older, newer, range) => {
      if (!engineOf(older) && !engineOf(newer)) return home.compare(older, newer, range)
      const [old, next] = await Promise.all([older, newer].map((one) => routed.scan(one, range)))
      return comparedRange(old!, next!, range.limit)
    },

    load: async (generation, keys) => {
      const engine = engineOf(generation)
      if (!engine) return home.load(generation, keys)
      const documents = new Map<string, unknown>()
      for (const [key, { document }] of await engine.load(generation, keys))
        if (document !== undefined) documents.set(key, document)
      return documents
    },

    loadToFold: async (generation, keys) => {
      const engine = engineOf(generation)
      if (engine) return engine.load(generation, keys)
      const documents = await home.load(generation, keys)
      return new Map([...documents].map(([key, document]) => [key, { document }]))
    },

    replaceAhead: async (generation, key, document, position) => {
      const engine = engineOf(generation)
      if (!engine) throw new Error('PostgreSQL has no documents ahead of their generation')
      const isRemoved = document === undefined
      await engine.write(generation, {
        from: position,
        to: position,
        upserts: new Map(isRemoved ? [] : [[key, document]]),
        deletes: isRemoved ? [key] : [],
      })
    },

    scan: async (generation, range) => (engineOf(generation) ?? home).scan(generation, range),

    write: async (generation, batch) =>
      engineOf(generation) ? writeAll([{ ...batch, generation }]) : home.write(generation, batch),

    writeAll,

    get: <Document>(projection: AnyProjection, key: string) =>
      reading(projection, {
        isEmpty: (document) => document === undefined,
        home: () => home.get<Document>(projection, key),
        engine: async (engine, generation) =>
          // What was written for a projection is of its document's type.
          (await engine.get(generation, key)) as Document | undefined,
      }),

    find: <Document>(projection: AnyProjection, query: Parameters<DocumentStore['find']>[1]) =>
      reading(projection, {
        isEmpty: ({ documents }) => documents.length === 0,
        home: () => home.find<Document>(projection, query),
        engine: async (engine, generation) => {
          if (!engine.find) throw new InvalidQuery(`${projection.name} is searched, not queried`)
          return (await engine.find(generation, query)) as Found<Document>
        },
      }),

    search: <Document>(
      projection: AnyProjection,
      query: SearchQuery,
      { isFresh = false }: { readonly isFresh?: boolean } = {},
    ) =>
      reading(projection, {
        isEmpty: ({ hits }) => hits.length === 0,
        home: () => home.search<Document>(projection, query),
        engine: async (engine, generation) => {
          if (!engine.search) throw new InvalidQuery(`${projection.name} cannot be searched`)
          if (isFresh) await engine.refresh?.(generation)
          return (await engine.search(generation, query, { isFresh })) as SearchResult<Document>
        },
      }),
  }
  return routed
}
