import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { freshRedis, hasRedis, needsRedis } from '../../../../test/support/redis.ts'
import { openRedis } from '../../engines/redis/connection.ts'
import { countersConformance } from './conformance.ts'
import { withLocalFallback } from './with-local-fallback.ts'
import { memoryCounters } from './memory.ts'
import { redisCounters } from './redis.ts'

/** Long enough for a machine that is busy with other tests. */
const timeoutMs = 5_000

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  countersConformance('Redis', async () => {
    const redis = await freshRedis()
    const connection = await openRedis(redis.url, { timeoutMs })
    return {
      open: () => redisCounters(connection),
      shared: true,
      [Symbol.asyncDispose]: async () => {
        await connection.close()
        await redis[Symbol.asyncDispose]()
      },
    }
  })

  test('a process that loses Redis continues from its own counts', async () => {
    await using redis = await freshRedis()
    await using opened = new AsyncDisposableStack()
    const open = async () => {
      const connection = opened.adopt(await openRedis(redis.url, { timeoutMs, probe: 10 }), (it) =>
        it.close(),
      )
      return {
        connection,
        counters: withLocalFallback(redisCounters(connection), memoryCounters()),
      }
    }
    const [here, there] = [await open(), await open()]
    const key = randomUUID()
    await here.counters.add(key, 60_000)
    await there.counters.add(key, 60_000)
    expect((await here.counters.add(key, 60_000)).count).toBe(3)
    await redis.kill()
    expect((await here.counters.add(key, 60_000)).count).toBe(3)
    expect((await there.counters.add(key, 60_000)).count).toBe(2)
    await here.counters.clear(key)
    expect((await here.counters.add(key, 60_000)).count).toBe(1)
    await redis.start()
    await expect.poll(() => here.connection.isUp()).toBe(true)
    await expect.poll(() => there.connection.isUp()).toBe(true)
    await here.counters.add(key, 60_000)
    expect((await there.counters.add(key, 60_000)).count).toBe(2)
  })
})
