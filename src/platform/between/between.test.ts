import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../../../test/support/redis.ts'
import { openDatabase } from '../postgres/database.ts'
import { severable } from '../queue/testing/severable.ts'
import { openRedis } from '../redis/connection.ts'
import { betweenConformance } from './conformance.ts'
import { memoryBetween } from './memory.ts'
import { postgresBetween } from './postgres.ts'
import { redisBetween } from './redis.ts'

betweenConformance(
  'memory',
  async () => {
    const opened = new AsyncDisposableStack()
    const { open } = memoryBetween()
    return {
      open: async (options) => opened.adopt(await open(options), (it) => it.close()),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  },
  { store: false },
)

betweenConformance(
  'PostgreSQL',
  async () => {
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
  },
  { store: true },
)

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  betweenConformance(
    'Redis',
    async () => {
      const opened = new AsyncDisposableStack()
      const redis = opened.use(await freshRedis())
      const way = opened.use(await severable(redis.url))
      return {
        open: async (options) => {
          const connection = opened.adopt(
            await openRedis(way.url, { patience: 5_000, probe: 20 }),
            (it) => it.close(),
          )
          return opened.adopt(await redisBetween(way.url, connection, options), (it) => it.close())
        },
        outage: { begin: way.sever, end: way.mend },
        [Symbol.asyncDispose]: () => opened.disposeAsync(),
      }
    },
    { store: true },
  )

  test('a Redis that is away at first, or comes back empty, is taken up', async () => {
    await using redis = await freshRedis()
    await redis.kill()
    await using opened = new AsyncDisposableStack()
    const open = async () => {
      const connection = opened.adopt(
        await openRedis(redis.url, { patience: 5_000, probe: 20 }),
        (it) => it.close(),
      )
      return opened.adopt(await redisBetween(redis.url, connection), (it) => it.close())
    }
    const [one, two] = [await open(), await open()]
    const heard: unknown[] = []
    two.hear('tea', (message) => void heard.push(message))
    const first = one.tell('tea', 1)
    await redis.start()
    await first
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual([1])
    await redis.kill()
    const second = one.tell('tea', 2)
    await redis.start()
    await second
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual([1, 2])
  })

  test('what is kept for who cannot be reached does not grow without end', async () => {
    await using redis = await freshRedis()
    await using opened = new AsyncDisposableStack()
    const connection = opened.adopt(await openRedis(redis.url, { patience: 5_000 }), (it) =>
      it.close(),
    )
    const one = opened.adopt(await redisBetween(redis.url, connection), (it) => it.close())
    for (let round = 0; round < 13; round++)
      await Promise.all(Array.from({ length: 1_000 }, (_, n) => one.tell('tea', n)))
    const client = opened.adopt(new Redis(redis.url), (it) => it.disconnect())
    expect(await client.xlen('agora:told')).toBeLessThan(11_000)
  })
})
