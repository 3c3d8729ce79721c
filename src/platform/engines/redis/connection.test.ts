import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { freshRedis, hasRedis, needsRedis } from '../../../../test/support/redis.ts'
import { Unavailable } from '../../unavailable.ts'
import { openRedis } from './connection.ts'

const failing = async (work: () => Promise<unknown>) => {
  const since = performance.now()
  await expect(work()).rejects.toThrow(Unavailable)
  return performance.now() - since
}

describe.skipIf(!hasRedis)(`a connection to Redis${needsRedis}`, () => {
  test('times out once when Redis hangs, fails at once afterwards, and recovers', async () => {
    await using redis = await freshRedis()
    const changes: boolean[] = []
    const timeoutMs = 400
    const connection = await openRedis(redis.url, {
      timeoutMs,
      probe: 20,
      onChange: (up) => changes.push(up),
    })
    const ping = () => connection.run((it) => it.ping())
    expect(await ping()).toBe('PONG')
    redis.hang()
    const took = await Promise.all([failing(ping), failing(ping), failing(ping)])
    for (const ms of took) expect(ms).toBeGreaterThan(timeoutMs - 20)
    // The minimum of many: a busy machine delays some of them.
    const later: number[] = []
    while (later.length < 20) later.push(await failing(ping))
    expect(Math.min(...later)).toBeLessThan(timeoutMs / 4)
    redis.resume()
    await expect.poll(connection.isUp).toBe(true)
    expect(await ping()).toBe('PONG')
    expect(changes).toEqual([true, false, true])
    await connection.close()
  })

  test('opens without Redis, and connects when it is available', async () => {
    await using redis = await freshRedis()
    await redis.kill()
    const timeoutMs = 2_000
    const connection = await openRedis(redis.url, { probe: 20, timeoutMs })
    const ping = () => connection.run((it) => it.ping())
    const refused: number[] = []
    while (refused.length < 20) refused.push(await failing(ping))
    expect(Math.min(...refused)).toBeLessThan(timeoutMs / 4)
    await redis.start()
    await expect.poll(connection.isUp).toBe(true)
    expect(await ping()).toBe('PONG')
    await connection.close()
  })

  test('reports errors without the password', async () => {
    await using redis = await freshRedis()
    const client = new Redis(redis.url)
    await client.config('SET', 'requirepass', 'another')
    client.disconnect()
    const errors: unknown[] = []
    const connection = await openRedis(redis.url.replace('//', '//me:hunter2@'), {
      onChange: (_up, error) => errors.push(error),
    })
    await connection.run((it) => it.ping()).catch((error: unknown) => errors.push(error))
    expect(errors.length).toBeGreaterThan(1)
    expect(inspect(errors, { depth: 10 })).not.toContain('hunter2')
    await connection.close()
  })

  test('reports no change after it was closed', async () => {
    await using redis = await freshRedis()
    const changes: boolean[] = []
    const connection = await openRedis(redis.url, { onChange: (up) => changes.push(up) })
    await connection.close()
    await failing(() => connection.run((it) => it.ping()))
    expect(changes).toEqual([true])
  })
})
