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
  test('waits for a Redis that hangs once, not with each request, and takes it up again', async () => {
    await using redis = await freshRedis()
    const changes: boolean[] = []
    const patience = 400
    const connection = await openRedis(redis.url, {
      patience,
      probe: 20,
      onChange: (up) => changes.push(up),
    })
    const ping = () => connection.run((it) => it.ping())
    expect(await ping()).toBe('PONG')
    redis.hang()
    const took = await Promise.all([failing(ping), failing(ping), failing(ping)])
    for (const ms of took) expect(ms).toBeGreaterThan(patience - 20)
    // The least of many: a busy machine holds up one or the other.
    const later: number[] = []
    while (later.length < 20) later.push(await failing(ping))
    expect(Math.min(...later)).toBeLessThan(patience / 4)
    redis.resume()
    await expect.poll(connection.isUp).toBe(true)
    expect(await ping()).toBe('PONG')
    expect(changes).toEqual([true, false, true])
    await connection.close()
  })

  test('begins without Redis, and finds it when it comes', async () => {
    await using redis = await freshRedis()
    await redis.kill()
    const patience = 2_000
    const connection = await openRedis(redis.url, { probe: 20, patience })
    const ping = () => connection.run((it) => it.ping())
    const refused: number[] = []
    while (refused.length < 20) refused.push(await failing(ping))
    expect(Math.min(...refused)).toBeLessThan(patience / 4)
    await redis.start()
    await expect.poll(connection.isUp).toBe(true)
    expect(await ping()).toBe('PONG')
    await connection.close()
  })

  test('tells of no password', async () => {
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

  test('tells of nothing once it is closed', async () => {
    await using redis = await freshRedis()
    const changes: boolean[] = []
    const connection = await openRedis(redis.url, { onChange: (up) => changes.push(up) })
    await connection.close()
    await failing(() => connection.run((it) => it.ping()))
    expect(changes).toEqual([true])
  })
})
