import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { OtherJobStore } from '../../src/platform/messaging/queue/job-stores.ts'
import { temporaryData, usual, type Env } from '../support/agora.ts'
import { freshRedis, hasRedis, needsRedis } from '../support/redis.ts'
import { shopAt } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

/** No mail server listens there. */
const noMailServer = { SMTP_URL: 'smtp://127.0.0.1:9' }

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  test('queued mails are sent after Redis is configured, and after it is removed from the configuration', async () => {
    await using redis = await freshRedis()
    await using database = await startedDatabase()
    await using data = await temporaryData()
    const logger = pino({ level: 'silent' })
    const start = (env: Env) =>
      startApp(readConfig({ ...usual, AGORA_DATA: data.path, ...env }), {
        postgresUrl: database.url,
        logger,
      })
    /** Registers a user while no mail server listens. */
    const registered = async (name: string, env: Env): Promise<void> => {
      const app = await start({ ...env, ...noMailServer })
      const agora = shopAt(app.url)
      await agora.register(name)
      const waits = /agora_jobs\{queue="send-mail",state="(waiting|delayed)"\} [1-9]/
      await until(
        async () => (await fetch(`${app.url}/metrics`)).text(),
        (text) => waits.test(text),
      )
      await app[Symbol.asyncDispose]()
    }
    const mailed = (name: string) =>
      until(
        async () => {
          const folder = join(data.path, 'outbox')
          const files = await readdir(folder).catch(() => [])
          return (await Promise.all(files.map((one) => readFile(join(folder, one), 'utf8')))).join()
        },
        (mails) => mails.includes(name),
      )
    const inRedis = { REDIS_URL: redis.url }

    await registered('ann', {})
    {
      await using _ = await start(inRedis)
      await mailed('ann')
    }
    await registered('bob', inRedis)
    await expect(start({})).rejects.toThrow(OtherJobStore)
    await expect(start({})).rejects.toThrow(
      /Mails may wait in redis:\/\/127\.0\.0\.1:\d+, .*REDIS_URL_BEFORE/,
    )
    {
      await using _ = await start({ REDIS_URL_BEFORE: redis.url })
      await mailed('bob')
    }
    await using given = await start({ REDIS_URL_BEFORE: 'none' })
    expect(given.url).toContain('http')
  })
})
