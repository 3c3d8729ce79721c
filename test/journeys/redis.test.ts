import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startAgora, temporaryData } from '../support/agora.ts'
import { freshDatabase } from '../support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

/** How many mails were sent that an order is confirmed. */
const confirmations = async (data: string) => {
  const folder = join(data, 'outbox')
  const names = await readdir(folder).catch(() => [])
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.filter((text) => text.includes('is confirmed')).length
}

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  test('two processes count as one, and one that loses Redis goes on by itself', async () => {
    await using redis = await freshRedis()
    await using database = await freshDatabase()
    await using data = await temporaryData()
    // 64 of one address in a minute, and 16 where people prove who they are.
    const env = { POSTGRES_URL: database.url, REDIS_URL: redis.url, RATE_LIMIT: '64' }
    await using one = await startAgora(data.path, env)
    await using other = await startAgora(data.path, env)
    const guess = async ({ shop }: typeof one) => {
      const body = { email: `${crypto.randomUUID()}@example.org`, password: 'a guess' }
      return (await shop.anyone('POST', '/auth/login', body)).status
    }
    /** How many guesses are taken, of each in turn, until one is refused. */
    const taken = async (...processes: readonly (typeof one)[]) => {
      for (let count = 0; ; count += 1) {
        const status = await guess(processes[count % processes.length]!)
        if (status === 429) return count
        expect(status).toBe(401)
      }
    }
    // Each for itself would take 16, so 32; a count that Redis was too slow for is one of a process.
    const together = await taken(one, other)
    expect(together).toBeGreaterThanOrEqual(16)
    expect(together).toBeLessThan(24)

    await redis.kill()
    // Each remembers what it has counted itself: about half by now.
    expect(await guess(other)).toBe(401)
    expect(await taken(one)).toBeLessThan(16)
    const metrics = await fetch(`${one.url}/metrics`)
    expect(await metrics.text()).toContain('agora_redis_up 0')
    expect((await fetch(`${one.url}/health/ready`)).status).toBe(200)
  })

  test('mails wait in Redis to be sent, also when it is away for a while', async () => {
    await using redis = await freshRedis()
    await using database = await freshDatabase()
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
