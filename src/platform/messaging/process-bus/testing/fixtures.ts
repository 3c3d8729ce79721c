import { freshDatabase } from '../../../../../test/support/postgres.ts'
import { freshRedis } from '../../../../../test/support/redis.ts'
import { openDatabase } from '../../../engines/postgres/database.ts'
import { severable } from '../../queue/testing/severable.ts'
import { openRedis } from '../../../engines/redis/connection.ts'
import { memoryBetween } from '../memory.ts'
import type { Between, BetweenOptions } from '../port.ts'
import { postgresBetween } from '../postgres.ts'
import { redisBetween } from '../redis.ts'

/** A place to be connected by, for a test. */
export type BetweenFixture = AsyncDisposable & {
  /** Opens the way for one more process; closed by the fixture. */
  readonly open: (options?: BetweenOptions) => Promise<Between>
  /** Takes the store away from all, and gives it back. */
  readonly outage?: { readonly begin: () => Promise<void>; readonly end: () => Promise<void> }
}

/** Within one process. */
export const inMemory = async (): Promise<BetweenFixture> => {
  const opened = new AsyncDisposableStack()
  const { open } = memoryBetween()
  return {
    open: async (options) => opened.adopt(await open(options), (it) => it.close()),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** By a PostgreSQL that can be taken away. */
export const inPostgres = async (): Promise<BetweenFixture> => {
  const opened = new AsyncDisposableStack()
  const fresh = opened.use(await freshDatabase())
  const way = opened.use(await severable(fresh.url))
  return {
    open: async (options) => {
      const database = opened.adopt(openDatabase(way.url, { connections: 2 }), (it) => it.close())
      return opened.adopt(await postgresBetween(database, options), (it) => it.close())
    },
    outage: { begin: way.sever, end: way.mend },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** By a Redis that can be taken away. */
export const inRedis = async (): Promise<BetweenFixture> => {
  const opened = new AsyncDisposableStack()
  const redis = opened.use(await freshRedis())
  const way = opened.use(await severable(redis.url))
  return {
    open: async (options) => {
      const connection = opened.adopt(
        await openRedis(way.url, { timeoutMs: 5_000, probe: 20 }),
        (it) => it.close(),
      )
      return opened.adopt(await redisBetween(way.url, connection, options), (it) => it.close())
    },
    outage: { begin: way.sever, end: way.mend },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
