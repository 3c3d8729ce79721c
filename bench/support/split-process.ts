/**
 * Folds `orders` in a process apart from the measuring one: all of it, or one part. The parent sends what to fold, then
 * `go`.
 */
import { postgresControl } from '../../src/platform/messaging/control/postgres.ts'
import { postgresLeases } from '../../src/platform/messaging/leases/postgres.ts'
import { postgresDeadLetters } from '../../src/platform/storage/dead-letters/postgres.ts'
import { postgresDocuments } from '../../src/platform/storage/documents/postgres.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { openFeed } from '../../src/runtime/feed.ts'
import { fold } from '../../src/runtime/fold.ts'
import { groupedWriters } from '../../src/runtime/grouped-writer.ts'
import { progress } from '../../src/runtime/progress.ts'
import { project } from '../../src/runtime/project.ts'
import { orders } from '../../src/projections/index.ts'
import { coreOf } from './core.ts'

/** What a process folds, and with how many runners in all. */
export type ToFold = { readonly url: string; readonly runners: number }

/** Events that are read and folded in memory before the measurement, so that their code is compiled. */
const warmUp = 20_000

const prepare = async ({ url, runners }: ToFold): Promise<() => Promise<void>> => {
  const database = openDatabase(url, { connections: 8 })
  const { log } = await coreOf(database)
  const documents = postgresDocuments(database)
  const control = await postgresControl(database)
  const feed = await openFeed(log)
  for (let after = 0n, count = 0; count < warmUp;) {
    const { events, position, caughtUp } = await log.readAll({ after, types: orders.reads })
    fold(orders, events, new Map(), new Set())
    if (caughtUp) break
    count += events.length
    after = position
  }
  return () =>
    project(orders, new AbortController().signal, {
      feed,
      documents,
      writers: groupedWriters({ documents, feed }),
      letters: postgresDeadLetters(database),
      leases: postgresLeases(database),
      control,
      catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
      progress: progress(documents, feed),
      onError: (error) => console.error(error),
      runners,
      // A process that is measured alone folds its own part only.
      lookForPartsMs: 3_600_000,
    })
}

let start: (() => Promise<void>) | undefined
process.on('message', (message: ToFold | 'go') => {
  if (message === 'go') void start?.()
  else
    void prepare(message).then((prepared) => {
      start = prepared
      process.send?.('ready')
    })
})
process.once('disconnect', () => process.exit())
