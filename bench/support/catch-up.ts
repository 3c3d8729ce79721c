import type { AnyProjection } from '#kernel'
import { postgresDeadLetters } from '../../src/platform/storage/dead-letters/postgres.ts'
import type { DocumentStore } from '../../src/platform/storage/documents/port.ts'
import { postgresDocuments } from '../../src/platform/storage/documents/postgres.ts'
import { postgresControl } from '../../src/platform/messaging/control/postgres.ts'
import { openFeed } from '../../src/runtime/feed.ts'
import { sagaOverview } from '../../src/runtime/saga-overview.ts'
import { orders, projections } from '../../src/projections/index.ts'
import type { BenchDatabase } from './bench.ts'
import type { Core } from './core.ts'
import { foldGeneration } from './fold-generation.ts'

/**
 * Creates what read models need to catch up.
 * @param database the database of the read models
 * @param core the core whose log they follow; its positions count events
 * @param documents the store of the read models; default: that database
 */
export const catchUpOf = async (
  { database }: BenchDatabase,
  { log }: Core,
  documents: DocumentStore = postgresDocuments(database),
) => {
  const letters = postgresDeadLetters(database)
  const control = await postgresControl(database)
  const feed = await openFeed(log)
  return {
    /** Builds read models from the start, all at once. @returns events of the log per second */
    catchUp: async (models: readonly AnyProjection[]): Promise<number> => {
      const generations = await Promise.all(models.map((one) => documents.begin(one)))
      const until = feed.head()
      const since = performance.now()
      await Promise.all(
        generations.map((generation) =>
          foldGeneration(generation, { feed, documents, letters, control, until }),
        ),
      )
      const rate = Number(until) / ((performance.now() - since) / 1_000)
      for (const generation of generations) await documents.drop(generation)
      return rate
    },
    [Symbol.asyncDispose]: async () => {
      await control.close()
      await feed.close()
    },
  }
}

/** A set of read models to build, and the log to build them from. */
export type Subject = {
  readonly what: string
  readonly profile: string
  /** Content of the log. */
  readonly of: 'whole' | 'sales'
  readonly models: (core: Core) => readonly AnyProjection[]
  /** In events per second. */
  readonly goal?: number
}

/** The measured sets of read models. */
export const subjects: readonly Subject[] = [
  {
    what: 'one projection (orders), every event matters to it',
    profile: 'projection-one',
    of: 'sales',
    models: () => [orders],
    goal: 40_000,
  },
  {
    what: 'all projections, a whole history',
    profile: 'projection-all',
    of: 'whole',
    models: ({ sagas }) => [...projections, sagaOverview(sagas)],
  },
]
