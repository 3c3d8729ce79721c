import { expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../../test/support/redis.ts'
import { openJobs } from './jobs.ts'
import { createLogger } from '../logger.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import { logIdentity } from '../platform/storage/log-identity/log-identity.ts'
import { bullmqQueue } from '../platform/messaging/queue/bullmq.ts'
import { jobStores, OtherJobStore } from '../platform/messaging/queue/job-stores.ts'
import { postgresQueue } from '../platform/messaging/queue/postgres.ts'
import type { Queue } from '../platform/messaging/queue/port.ts'
import { Unavailable } from '../platform/unavailable.ts'

/** Opens the job stores of an Agora. */
const openedAll = async (
  { database, url }: TestDatabase,
  urls: { readonly redisUrl?: string; readonly redisUrlBefore?: string },
  parts: AsyncDisposableStack,
  pollMs = 20,
) => {
  return openJobs(urls, {
    database,
    postgresUrl: url,
    queues: ['send-mail'],
    rows: parts.adopt(postgresQueue(database), (it) => it.close()),
    room: await logIdentity(database),
    roomBefore: 'of-the-secret',
    failed: () => undefined,
    logger: await createLogger('silent'),
    pollMs,
    parts,
  })
}

/** Opens the job stores; returns the queue of mails. */
const opened = async (...given: Parameters<typeof openedAll>): Promise<Queue> =>
  (await openedAll(...given)).mails

const worked = async (queue: Queue): Promise<unknown[]> => {
  const done: unknown[] = []
  await queue.work('send-mail', async ({ data }) => void done.push(data))
  return done
}

/** Whether BullMQ has tables in a database. */
const hasBullmq = async ({ database }: TestDatabase): Promise<boolean> => {
  const [row] = await database.query<{ there: boolean }>(
    `SELECT to_regclass('bullmq.job') IS NOT NULL AS there`,
  )
  return row!.there
}

test('without Redis, mails are queued in rows, and BullMQ is not opened', async () => {
  await using fresh = await freshDatabase()
  await using parts = new AsyncDisposableStack()
  const queue = await opened(fresh, {}, parts)
  const done = await worked(queue)
  await queue.add('send-mail', [{ id: 'one', data: 1 }])
  await expect.poll(() => done).toEqual([1])
  expect(await fresh.database.query('SELECT id FROM agora.jobs')).toEqual([{ id: 'one' }])
  expect(await hasBullmq(fresh)).toBe(false)
})

test('jobs in the BullMQ tables of an earlier version are run, and the next start does not open them', async () => {
  await using fresh = await freshDatabase()
  const stores = jobStores(fresh.database)
  // As an earlier version leaves it.
  const old = await bullmqQueue(fresh.url)
  await old.add('send-mail', [{ id: 'a', data: 'old' }])
  await old.close()
  await stores.used({ named: 'postgres' })

  await using parts = new AsyncDisposableStack()
  const queue = await opened(fresh, {}, parts)
  await queue.add('send-mail', [{ id: 'b', data: 'new' }])
  expect((await queue.counts('send-mail')).waiting).toBe(2)
  const done = await worked(queue)
  await expect.poll(() => new Set(done)).toEqual(new Set(['new', 'old']))
  await expect.poll(stores.known).toEqual([])
})

test.skipIf(!hasRedis)(
  `mails that wait in rows are sent once Redis is in use${needsRedis}`,
  async () => {
    await using fresh = await freshDatabase()
    await using redis = await freshRedis()
    await using before = new AsyncDisposableStack()
    await (await opened(fresh, {}, before)).add('send-mail', [{ id: 'a', data: 'old' }])
    await before.disposeAsync()

    await using parts = new AsyncDisposableStack()
    const done = await worked(await opened(fresh, { redisUrl: redis.url }, parts))
    await expect.poll(() => done).toEqual(['old'])
  },
)

test.skipIf(!hasRedis)(
  `jobs that an old process adds to a store that others saw empty are run after the next start${needsRedis}`,
  async () => {
    await using fresh = await freshDatabase()
    await using first = await freshRedis()
    await using second = await freshRedis()
    const stores = jobStores(fresh.database)
    const isKnown = async () => (await stores.known()).some(({ named }) => named === first.url)

    await using idle = new AsyncDisposableStack()
    await opened(fresh, { redisUrl: first.url }, idle)
    await using old = new AsyncDisposableStack()
    const before = await opened(fresh, { redisUrl: first.url }, old, 60_000)
    await before.add('send-mail', [{ id: 'early', data: 0 }])
    await using next = new AsyncDisposableStack()
    const now = await opened(fresh, { redisUrl: second.url, redisUrlBefore: first.url }, next)
    const done = await worked(now)
    await expect.poll(isKnown).toBe(false)
    await idle.disposeAsync()
    expect(await isKnown()).toBe(false)
    await next.disposeAsync()

    await before.add('send-mail', [{ id: 'late', data: 1 }])
    await old.disposeAsync()
    expect(await isKnown()).toBe(true)

    await using last = new AsyncDisposableStack()
    const after = await opened(fresh, { redisUrl: second.url, redisUrlBefore: first.url }, last)
    const late = await worked(after)
    await expect.poll(() => [done, late]).toEqual([[0], [1]])
    await expect.poll(isKnown).toBe(false)
  },
)

test('parked jobs are listed while a previous store is unavailable', async () => {
  await using fresh = await freshDatabase()
  // No server listens there.
  const redisUrlBefore = 'redis://127.0.0.1:9'
  await jobStores(fresh.database).used({ named: redisUrlBefore, room: 'of-before' })
  await using parts = new AsyncDisposableStack()
  const { all, mails } = await openedAll(fresh, { redisUrlBefore }, parts)
  await mails.add('send-mail', [{ id: 'bad', data: 1 }])
  await mails.work(
    'send-mail',
    async () => {
      throw new Error('It cannot be sent')
    },
    { attempts: 1 },
  )
  const parked = async () => (await Promise.all(all.map((queue) => queue.parked()))).flat()
  await expect.poll(async () => (await parked()).map(({ id }) => id)).toEqual(['bad'])
})

test('a Redis that was never reached is not recorded, and the next start does not require it', async () => {
  await using fresh = await freshDatabase()
  // No server listens there.
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

test('job stores are given up all together, or not at all', async () => {
  await using fresh = await freshDatabase()
  const stores = jobStores(fresh.database)
  await stores.used({ named: 'redis://one', room: 'x' })
  await stores.used({ named: 'redis://other', room: 'x' })
  await using parts = new AsyncDisposableStack()
  await expect(opened(fresh, { redisUrlBefore: 'redis://one' }, parts)).rejects.toThrow(
    OtherJobStore,
  )
  expect(await stores.known()).toHaveLength(2)
  await opened(fresh, { redisUrlBefore: 'none' }, parts)
  expect(await stores.known()).toEqual([])
})

test.skipIf(!hasRedis)(
  `a Redis is recorded right before the first job is added to it, not when it is opened${needsRedis}`,
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
  `two Agoras with one secret on one Redis have separate jobs${needsRedis}`,
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
    // Equal ids, as after copying a log with its secret.
    await queues[0].add('send-mail', [{ id: 'same', data: 'one' }])
    await expect.poll(() => done).toEqual([['one'], []])
    await queues[1].add('send-mail', [{ id: 'same', data: 'other' }])
    await expect.poll(() => done).toEqual([['one'], ['other']])
  },
)

test.skipIf(!hasRedis)(
  `jobs that wait under the prefix of an older version are run${needsRedis}`,
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
    await expect.poll(() => done).toEqual(['old'])
    await expect.poll(stores.known).not.toContainEqual({ named: redis.url })
  },
)
