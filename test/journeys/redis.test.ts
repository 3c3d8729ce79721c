import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startAgora, temporaryData } from '../support/agora.ts'
import { freshRedis, hasRedis, needsRedis } from '../support/redis.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

/** The number of mails that confirm an order. */
const confirmations = async (data: string) => {
  const folder = join(data, 'outbox')
  const names = await readdir(folder).catch(() => [])
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.filter((text) => text.includes('is confirmed')).length
}

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  test('two processes share their counters, and count on their own without Redis', async () => {
    await using redis = await freshRedis()
    await using database = await startedDatabase()
    await using data = await temporaryData()
    // 64 requests of one address in a minute, and 16 to sign-in routes.
    const env = { POSTGRES_URL: database.url, REDIS_URL: redis.url, RATE_LIMIT: '64' }
    await using one = await startAgora(data.path, env)
    await using other = await startAgora(data.path, env)
    const guess = async ({ shop }: typeof one) => {
      const body = { email: `${crypto.randomUUID()}@example.org`, password: 'a guess' }
      return (await shop.anyone('POST', '/auth/login', body)).status
    }
    /** The number of guesses, alternating between processes, until one is refused. */
    const taken = async (...processes: readonly (typeof one)[]) => {
      for (let count = 0; ; count += 1) {
        const status = await guess(processes[count % processes.length]!)
        if (status === 429) return count
        expect(status).toBe(401)
      }
    }
    // Separate counters would allow 32; where Redis is too slow, a process counts on its own.
    const together = await taken(one, other)
    expect(together).toBeGreaterThanOrEqual(16)
    expect(together).toBeLessThan(24)

    await redis.kill()
    // Each process has counted about half by itself.
    expect(await guess(other)).toBe(401)
    expect(await taken(one)).toBeLessThan(16)
    const metrics = await fetch(`${one.url}/metrics`)
    expect(await metrics.text()).toContain('agora_redis_up 0')
    expect((await fetch(`${one.url}/health/ready`)).status).toBe(200)
  })

  test('mails are queued in Redis, and sent after an outage of it', async () => {
    await using redis = await freshRedis()
    await using database = await startedDatabase()
    await using data = await temporaryData()
    await redis.kill()
    const env = { POSTGRES_URL: database.url, REDIS_URL: redis.url }
    await using agora = await startAgora(data.path, env)
    const buyer = await agora.shop.register()
    const lamp = await agora.shop.sell(10)
    const order = await buyer.buy({ [lamp]: 1 })
    expect((await buyer.settled(order)).status).toBe('CONFIRMED')
    expect(await confirmations(data.path)).toBe(0)
    await redis.start()
    await until(
      () => confirmations(data.path),
      (mails) => mails > 0,
    )
    expect(agora.exitCode()).toBe(null)
  })
})
