import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { freshRedis, hasRedis, needsRedis } from '../../../../test/support/redis.ts'
import { severable } from '../../messaging/queue/testing/severable.ts'
import { openRedis } from '../../engines/redis/connection.ts'
import { cacheConformance } from './conformance.ts'
import { memoryCache } from './memory.ts'
import { redisCache } from './redis.ts'
import { twoLevels } from './two-levels.ts'

/** Long enough for a machine that runs other tests at the same time. */
const timeoutMs = 5_000
const minute = 60_000

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  const overRedis = (name: string, near: boolean) =>
    cacheConformance(name, async () => {
      const redis = await freshRedis()
      const connection = await openRedis(redis.url, { timeoutMs })
      return {
        open: () => {
          const far = redisCache(connection, { prefix: 'test:' })
          return near ? twoLevels(memoryCache(), far) : far
        },
        shared: true,
        [Symbol.asyncDispose]: async () => {
          await connection.close()
          await redis[Symbol.asyncDispose]()
        },
      }
    })
  overRedis('Redis', false)
  overRedis('memory before Redis', true)

  test('during an outage of Redis nothing is found or stored there, and it is used again after it', async () => {
    await using redis = await freshRedis()
    await using link = await severable(redis.url)
    await using opened = new AsyncDisposableStack()
    const connection = opened.adopt(await openRedis(link.url, { timeoutMs, probe: 10 }), (it) =>
      it.close(),
    )
    const far = redisCache(connection, { prefix: 'test:' })
    const both = twoLevels(memoryCache(), far)
    const [known, fresh] = [randomUUID(), randomUUID()]
    await both.set(known, Buffer.from('before'), minute)

    await link.sever()
    expect(await far.get(known)).toBeUndefined()
    expect(String((await both.get(known))?.value)).toBe('before')
    await both.set(fresh, Buffer.from('meanwhile'), minute)
    expect(String((await both.get(fresh))?.value)).toBe('meanwhile')

    await link.mend()
    await expect.poll(connection.isUp).toBe(true)
    expect(String((await far.get(known))?.value)).toBe('before')
    expect(await far.get(fresh)).toBeUndefined()
  })

  test('a local entry expires with the shared one, and is replaced when a caller rejects it', async () => {
    await using redis = await freshRedis()
    await using opened = new AsyncDisposableStack()
    const connection = opened.adopt(await openRedis(redis.url, { timeoutMs }), (it) => it.close())
    const open = () => twoLevels(memoryCache(), redisCache(connection, { prefix: 'test:' }))
    const [here, there] = [open(), open()]
    await here.set('a', Buffer.from('1'), minute)
    await there.get('a')
    expect((await there.get('a'))?.leftMs).toBeLessThanOrEqual(minute)
    await here.set('a', Buffer.from('2'), minute)
    expect(String((await there.get('a'))?.value)).toBe('1')
    expect(String((await there.get('a', ({ value }) => String(value) === '2'))?.value)).toBe('2')
    expect(String((await there.get('a'))?.value)).toBe('2')
  })

  test('a key of another type, or a full Redis, is a miss and no outage', async () => {
    await using redis = await freshRedis()
    await using opened = new AsyncDisposableStack()
    const connection = opened.adopt(await openRedis(redis.url, { timeoutMs }), (it) => it.close())
    const raw = opened.adopt(new Redis(redis.url), (it) => it.disconnect())
    const cache = redisCache(connection, { prefix: 'test:' })
    await raw.lpush('test:list', 'x')
    expect(await cache.get('list')).toBeUndefined()
    await raw.set('test:endless', 'x')
    expect(await cache.get('endless')).toBeUndefined()
    await raw.config('SET', 'maxmemory', '1')
    await cache.set('b', Buffer.from('x'), minute)
    expect(await cache.get('b')).toBeUndefined()
    expect(connection.isUp()).toBe(true)
  })
})
