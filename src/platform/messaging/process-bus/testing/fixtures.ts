import { freshDatabase } from '../../../../../test/support/postgres.ts'
import { freshRedis } from '../../../../../test/support/redis.ts'
import { openDatabase } from '../../../engines/postgres/database.ts'
import { severable } from '../../queue/testing/severable.ts'
import { openRedis } from '../../../engines/redis/connection.ts'
import { memoryProcessBus } from '../memory.ts'
import type { ProcessBus, ProcessBusOptions } from '../port.ts'
import { postgresProcessBus } from '../postgres.ts'
import { redisProcessBus } from '../redis.ts'

/** A store of a process bus, for a test. */
export type ProcessBusFixture = AsyncDisposable & {
  /** Opens the bus of one more process; the fixture closes it. */
  readonly open: (options?: ProcessBusOptions) => Promise<ProcessBus>
  /** Begins and ends an outage of the store for all processes. */
  readonly outage?: { readonly begin: () => Promise<void>; readonly end: () => Promise<void> }
}

/** A bus within one process. */
export const inMemory = async (): Promise<ProcessBusFixture> => {
  const opened = new AsyncDisposableStack()
  const { open } = memoryProcessBus()
  return {
    open: async (options) => opened.adopt(await open(options), (it) => it.close()),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** A bus in a PostgreSQL with outages. */
export const inPostgres = async (): Promise<ProcessBusFixture> => {
  const opened = new AsyncDisposableStack()
  const fresh = opened.use(await freshDatabase())
  const link = opened.use(await severable(fresh.url))
  return {
    open: async (options) => {
      const database = opened.adopt(openDatabase(link.url, { connections: 2 }), (it) => it.close())
      return opened.adopt(await postgresProcessBus(database, options), (it) => it.close())
    },
    outage: { begin: link.sever, end: link.mend },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** A bus in a Redis with outages. */
export const inRedis = async (): Promise<ProcessBusFixture> => {
  const opened = new AsyncDisposableStack()
  const redis = opened.use(await freshRedis())
  const link = opened.use(await severable(redis.url))
  return {
    open: async (options) => {
      const connection = opened.adopt(
        await openRedis(link.url, { timeoutMs: 5_000, probe: 20 }),
        (it) => it.close(),
      )
      return opened.adopt(await redisProcessBus(link.url, connection, options), (it) => it.close())
    },
    outage: { begin: link.sever, end: link.mend },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
