import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../../test/support/redis.ts'
import { openJobs } from './jobs.ts'
import { createLogger } from '../logger.ts'
import { jobStores } from '../platform/queue/job-stores.ts'

test.skipIf(!hasRedis)(
  `what an old process leaves in a store that others saw empty is worked on, and known at the next start${needsRedis}`,
  async () => {
    await using fresh = await freshDatabase()
    await using redis = await freshRedis()
    const stores = jobStores(fresh.database)
    const open = (redisUrl: string | undefined, every: number, parts: AsyncDisposableStack) =>
      openJobs(redisUrl === undefined ? {} : { redisUrl }, {
        database: fresh.database,
        postgresUrl: fresh.url,
        room: 'x',
        failed: () => undefined,
        logger: createLogger('silent'),
        every,
        parts,
      })
    const isKnown = async () => (await stores.known()).includes('postgres')

    await using idle = new AsyncDisposableStack()
    await open(undefined, 60_000, idle)
    await using old = new AsyncDisposableStack()
    const before = await open(undefined, 60_000, old)
    await using next = new AsyncDisposableStack()
    const now = await open(redis.url, 20, next)
    await expect.poll(isKnown, { timeout: 15_000 }).toBe(false)
    await idle.disposeAsync()
    expect(await isKnown()).toBe(false)

    await before.add('send-mail', [{ id: 'late', data: 1 }])
    await old.disposeAsync()
    expect(await isKnown()).toBe(true)

    const done: unknown[] = []
    await now.work('send-mail', async ({ data }) => void done.push(data))
    await expect.poll(() => done, { timeout: 15_000 }).toEqual([1])
    await expect.poll(isKnown, { timeout: 15_000 }).toBe(false)
  },
)
