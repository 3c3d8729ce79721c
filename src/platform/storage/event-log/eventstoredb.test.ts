import { freshDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase } from '../../engines/postgres/database.ts'
import { memoryStreamIndex } from '../stream-index/memory.ts'
import { postgresStreamIndex } from '../stream-index/postgres.ts'
import { eventLogConformance } from './conformance.ts'
import { eventStoreLog } from './eventstoredb.ts'
import { memoryEventLog } from './memory.ts'
import { postgresEventLog } from './postgres.ts'
import { serve } from './testing/eventstoredb.ts'
import { sternServer } from './testing/stern-server.ts'

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
  const stored = await postgresEventLog(database)
  const server = await serve(stored)
  return {
    open: () => eventStoreLog({ url: server.url, index: postgresStreamIndex(database) }),
    close: async () => {
      await server.close()
      await stored.close()
      await database.close()
      await fresh[Symbol.asyncDispose]()
    },
  }
})

eventLogConformance('EventStoreDB, over a server as strict as the real one', async () => {
  const server = await sternServer()
  return {
    open: () =>
      eventStoreLog({
        url: `esdb://127.0.0.1:${server.port}?tls=false`,
        index: memoryStreamIndex(),
      }),
    close: async () => server.close(),
  }
})
