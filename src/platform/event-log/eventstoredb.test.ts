import { freshDatabase } from '../../../test/support/postgres.ts'
import { serveEventStore } from '../eventstoredb/endpoint.ts'
import { openDatabase } from '../postgres/database.ts'
import { memoryStreamIndex } from '../stream-index/memory.ts'
import { postgresStreamIndex } from '../stream-index/postgres.ts'
import { eventLogConformance } from './conformance.ts'
import { eventStoreLog } from './eventstoredb.ts'
import { memoryEventLog } from './memory.ts'
import type { EventLog } from './port.ts'
import { postgresEventLog } from './postgres.ts'

/** Serves a log as EventStoreDB would, to anyone on this machine. */
const serve = (log: EventLog, port = 0) =>
  serveEventStore({ log, host: '127.0.0.1', port, writable: true, masked: (event) => event })

eventLogConformance('EventStoreDB, over our endpoint on memory', async () => {
  const server = await serve(memoryEventLog())
  return {
    open: () => eventStoreLog({ url: server.url, index: memoryStreamIndex() }),
    close: () => server.close(),
  }
})

eventLogConformance('EventStoreDB, over our endpoint on PostgreSQL', async () => {
  const fresh = await freshDatabase()
  const database = openDatabase(fresh.url, { connections: 8 })
  const kept = await postgresEventLog(database)
  const server = await serve(kept)
  return {
    open: () => eventStoreLog({ url: server.url, index: postgresStreamIndex(database) }),
    close: async () => {
      await server.close()
      await kept.close()
      await database.close()
      await fresh[Symbol.asyncDispose]()
    },
  }
})
