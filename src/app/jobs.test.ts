import { expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../../test/support/redis.ts'
import { openJobs } from './jobs.ts'
import { createLogger } from '../logger.ts'
import { withoutPassword } from '../platform/log-identity/url-for-people.ts'
import { logIdentity } from '../platform/log-identity/log-identity.ts'
import { bullmqQueue } from '../platform/queue/bullmq.ts'
import { jobStores, OtherJobStore } from '../platform/queue/job-stores.ts'
import type { Queue } from '../platform/queue/port.ts'
import { Unavailable } from '../platform/unavailable.ts'

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
        roomBefore: 'before',
        failed: () => undefined,
        logger: createLogger('silent'),
        every,
        parts,
      })
    const isKnown = async () => (await stores.known()).some(({ named }) => named === 'postgres')

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

/** Opens the jobs of an Agora that has always had this secret. */
const opened = async (
  { database, url }: TestDatabase,
  urls: { readonly redisUrl?: string; readonly redisUrlBefore?: string },
  parts: AsyncDisposableStack,
): Promise<Queue> =>
  openJobs(urls, {
    database,
    postgresUrl: url,
    room: await logIdentity(database),
    roomBefore: 'of-the-secret',
    failed: () => undefined,
    logger: createLogger('silent'),
    every: 20,
    parts,
  })

const worked = async (queue: Queue): Promise<unknown[]> => {
  const done: unknown[] = []
  await queue.work('send-mail', async ({ data }) => void done.push(data))
  return done
}

test('a Redis that was never reached is not remembered: the next start does without it', async () => {
  await using fresh = await freshDatabase()
  // Nobody answers there.
  const redisUrl = 'redis://127.0.0.1:9'
  await using mistyped = new AsyncDisposableStack()
  const queue = await opened(fresh, { redisUrl }, mistyped)
  await expect(queue.add('send-mail', [{ id: 'one', data: 1 }])).rejects.toThrow(Unavailable)
  await mistyped.disposeAsync()
  expect(await jobStores(fresh.database).known()).not.toContainEqual(
    expect.objectContaining({ named: redisUrl }),
  )

  await using next = new AsyncDisposableStack()
  await opened(fresh, {}, next)
})

test('stores are given up together, or not at all', async () => {
  await using fresh = await freshDatabase()
  const stores = jobStores(fresh.database)
  await stores.used({ named: 'redis://one', room: 'x' })
  await stores.used({ named: 'redis://other', room: 'x' })
  await using parts = new AsyncDisposableStack()
  await expect(opened(fresh, { redisUrlBefore: 'redis://one' }, parts)).rejects.toThrow(
    OtherJobStore,
  )
  expect(await stores.known()).toHaveLength(3)
  await opened(fresh, { redisUrlBefore: 'none' }, parts)
  expect(await stores.known()).toEqual([{ named: 'postgres' }])
})

test.skipIf(!hasRedis)(
  `a Redis is remembered before the first job is added to it, and not by its being there${needsRedis}`,
  async () => {
    await using fresh = await freshDatabase()
    await using redis = await freshRedis()
    await using parts = new AsyncDisposableStack()
    const queue = await opened(fresh, { redisUrl: redis.url }, parts)
    await worked(queue)
    expect(await jobStores(fresh.database).known()).not.toContainEqual(
      expect.objectContaining({ named: redis.url }),
    )
    await queue.add('send-mail', [{ id: 'one', data: 1, runAt: Date.now() + 60_000 }])
    expect(await jobStores(fresh.database).known()).toContainEqual({
      named: withoutPassword(redis.url),
      room: await logIdentity(fresh.database),
    })
    await using next = new AsyncDisposableStack()
    await expect(opened(fresh, {}, next)).rejects.toThrow(OtherJobStore)
  },
)

test.skipIf(!hasRedis)(
  `two Agoras with one secret on one Redis do not know of each other's jobs${needsRedis}`,
  async () => {
    await using one = await freshDatabase()
    await using other = await freshDatabase()
    await using redis = await freshRedis()
    await using parts = new AsyncDisposableStack()
    const queues = [
      await opened(one, { redisUrl: redis.url }, parts),
      await opened(other, { redisUrl: redis.url }, parts),
    ] as const
    const done = [await worked(queues[0]), await worked(queues[1])] as const
    // The same id, as a log that was copied and an old secret make it.
    await queues[0].add('send-mail', [{ id: 'same', data: 'one' }])
    await expect.poll(() => done, { timeout: 15_000 }).toEqual([['one'], []])
    await queues[1].add('send-mail', [{ id: 'same', data: 'other' }])
    await expect.poll(() => done, { timeout: 15_000 }).toEqual([['one'], ['other']])
  },
)

test.skipIf(!hasRedis)(
  `jobs that wait under the prefix of an older version are worked on${needsRedis}`,
  async () => {
    await using fresh = await freshDatabase()
    await using redis = await freshRedis()
    const stores = jobStores(fresh.database)
    // As an older version leaves it.
    const old = await bullmqQueue(redis.url, { schema: 'agora:{jobs-of-the-secret}' })
    await old.add('send-mail', [{ id: 'old', data: 'old' }])
    await old.close()
    await stores.used({ named: redis.url })

    await using parts = new AsyncDisposableStack()
    const now = await opened(fresh, { redisUrl: redis.url }, parts)
    const done = await worked(now)
    await expect.poll(() => done, { timeout: 15_000 }).toEqual(['old'])
    await expect.poll(stores.known, { timeout: 15_000 }).not.toContainEqual({ named: redis.url })
  },
)
