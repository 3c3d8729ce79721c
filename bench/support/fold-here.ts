import { postgresControl } from '../../src/platform/messaging/control/postgres.ts'
import { postgresDeadLetters } from '../../src/platform/storage/dead-letters/postgres.ts'
import { postgresDocuments } from '../../src/platform/storage/documents/postgres.ts'
import type { Generation } from '../../src/platform/storage/documents/port.ts'
import type { EventLog } from '../../src/platform/storage/event-log/port.ts'
import { orders } from '../../src/projections/index.ts'
import { openFeed } from '../../src/runtime/feed.ts'
import { partOf } from '../../src/runtime/parts.ts'
import type { Bench, BenchDatabase } from './bench.ts'
import { meter } from './costs.ts'
import { foldGeneration } from './fold-generation.ts'
import type { Cost } from './measure.ts'

/** CPU time in µs for each event of the log, by the whole read model, and by each of its halves. */
export type FoldedHere = {
  readonly whole: Required<Cost>
  readonly halves: readonly Required<Cost>[]
}

/**
 * Prepares to fold `orders` in this process, as its runners do, without what a process costs by the second: leases, and the
 * looks for requests.
 * @returns folds a new generation whole, then one in halves, one after the other
 */
export const foldHere = async (
  bench: Bench,
  { database, checkpoint }: BenchDatabase,
  log: EventLog,
): Promise<AsyncDisposable & { readonly fold: () => Promise<FoldedHere> }> => {
  const documents = postgresDocuments(database)
  const letters = postgresDeadLetters(database)
  const control = await postgresControl(database)
  const feed = await openFeed(log)
  const head = await log.head()

  const begin = async (): Promise<Generation> => {
    const before = await documents.live(orders)
    const generation = await documents.begin(orders)
    await documents.publish(generation)
    if (before) await documents.drop(before)
    await checkpoint()
    return generation
  }
  const costOf = async (generation: Generation): Promise<Required<Cost>> => {
    const ended = await meter(bench)
    await foldGeneration(generation, { feed, documents, letters, control, until: head })
    return ended(Number(head))
  }

  return {
    fold: async () => {
      const whole = await costOf(await begin())
      const divided = await begin()
      await documents.split(divided, 2)
      const halves: Required<Cost>[] = []
      for (const part of await documents.parts(divided))
        halves.push(await costOf(partOf(divided, part)))
      return { whole, halves }
    },
    [Symbol.asyncDispose]: async () => {
      await feed.close()
      await control.close()
    },
  }
}
