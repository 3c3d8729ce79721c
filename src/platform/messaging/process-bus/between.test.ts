import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { describe, expect, test, vi } from 'vitest'
import { freshRedis, hasRedis, needsRedis } from '../../../../test/support/redis.ts'
import { openRedis } from '../../engines/redis/connection.ts'
import { processBusConformance } from './conformance.ts'
import { redisProcessBus } from './redis.ts'
import { inMemory, inPostgres, inRedis } from './testing/fixtures.ts'

processBusConformance('memory', inMemory, { store: false })
processBusConformance('PostgreSQL', inPostgres, { store: true })

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  processBusConformance('Redis', inRedis, { store: true })

  test.each([
    ['of Redis', 0],
    ['an hour ahead', 3_600_000],
  ])(
    'the bus recovers when Redis is unavailable at first, or is empty after an outage, by a clock %s',
    async (_, skew) => {
      await using redis = await freshRedis()
      await redis.kill()
      await using opened = new AsyncDisposableStack()
      const machine = Date.now
      const skewed = vi.spyOn(Date, 'now').mockImplementation(() => machine() + skew)
      opened.defer(() => skewed.mockRestore())
      const open = async () => {
        const connection = opened.adopt(
          await openRedis(redis.url, { timeoutMs: 5_000, probe: 20 }),
          (it) => it.close(),
        )
        return opened.adopt(await redisProcessBus(redis.url, connection), (it) => it.close())
      }
      const [one, two] = [await open(), await open()]
      const received: unknown[] = []
      two.subscribe('topic', (message) => void received.push(message))
      const first = one.publish('topic', 1)
      await redis.start()
      await first
      await expect.poll(() => received).toEqual([1])
      await redis.kill()
      const second = one.publish('topic', 2)
      await redis.start()
      await second
      await expect.poll(() => received).toEqual([1, 2])
    },
  )

  test('messages that Redis refuses for a while are delivered later, in order, without an outage', async () => {
    await using redis = await freshRedis()
    await using opened = new AsyncDisposableStack()
    const changes: boolean[] = []
    const connection = opened.adopt(
      await openRedis(redis.url, { timeoutMs: 5_000, onChange: (up) => changes.push(up) }),
      (it) => it.close(),
    )
    const client = opened.adopt(new Redis(redis.url), (it) => it.disconnect())
    const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
    const errors: unknown[] = []
    const onError = (error: unknown): void => {
      errors.push(error)
      void client.config('SET', 'maxmemory', 0)
    }
    const one = opened.adopt(await redisProcessBus(redis.url, connection, { onError }), (it) =>
      it.close(),
    )
    const received: unknown[] = []
    one.subscribe('topic', (message) => void received.push(String(message).length))
    // Memory for small messages only: the large one is refused, the small one after it would be accepted.
    await client.config('SET', 'maxmemory', used + 12_000_000)
    await Promise.all(['a', 'b'.repeat(8_000_000), 'ccc'].map((it) => one.publish('topic', it)))
    await expect.poll(() => received).toEqual([1, 8_000_000, 3])
    expect(errors.map(String)).toEqual([expect.stringContaining('OOM')])
    expect(inspect(errors, { depth: 10 })).not.toContain('bbb')
    expect(changes).toEqual([true])
  })

  test('the stored messages for disconnected processes are limited', async () => {
    await using redis = await freshRedis()
    await using opened = new AsyncDisposableStack()
    const connection = opened.adopt(await openRedis(redis.url, { timeoutMs: 5_000 }), (it) =>
      it.close(),
    )
    const one = opened.adopt(await redisProcessBus(redis.url, connection), (it) => it.close())
    for (let round = 0; round < 13; round++)
      await Promise.all(Array.from({ length: 1_000 }, (_, n) => one.publish('topic', n)))
    const client = opened.adopt(new Redis(redis.url), (it) => it.disconnect())
    expect(await client.xlen('agora:told')).toBeLessThan(11_000)
  })
})
