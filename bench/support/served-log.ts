import { eventStoreLog } from '../../src/platform/storage/event-log/eventstoredb.ts'
import { memoryStreamIndex } from '../../src/platform/storage/stream-index/memory.ts'
import type { Bench, BenchDatabase } from './bench.ts'
import { coreOf, type Core } from './core.ts'
import { commandLine, startServer, type ServerProcess } from './process.ts'

/** Serves the log of a database over EventStoreDB's protocol in a process of its own, by `agora serve-log --writable`. */
export const serveLog = (bench: Bench, { url }: BenchDatabase): Promise<ServerProcess> =>
  startServer(bench, commandLine, { POSTGRES_URL: url }, ['serve-log', '--writable', '--port', '0'])

/** A core with its log at such a server. @param database holds everything else */
export const servedCore = (
  { url }: Pick<ServerProcess, 'url'>,
  { database }: BenchDatabase,
): Promise<Core> =>
  coreOf(database, () =>
    eventStoreLog({
      url,
      index: memoryStreamIndex(),
      onError: (error) => console.error('The log behind the endpoint:', error),
    }),
  )
