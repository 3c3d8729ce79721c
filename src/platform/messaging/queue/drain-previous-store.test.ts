import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../../../../test/support/redis.ts'
import { Unavailable } from '../../unavailable.ts'
import { bullmqQueue } from './bullmq.ts'
import { jobStores } from './job-stores.ts'
import { memoryQueue } from './memory.ts'
import type { Queue } from './port.ts'
import { drainPreviousStore } from './drain-previous-store.ts'

/** Long enough for a machine that runs other tests at the same time. */
const timeout = 15_000

test('jobs in previous stores are run, and new jobs are added to the present one', async () => {
  const [now, before, older] = [memoryQueue(), memoryQueue(), memoryQueue()]
  await before.add('mail', [{ id: 'a', data: 1 }])
  await older.add('mail', [{ id: 'b', data: 2 }])
  const queue = drainPreviousStore(now, [before, older])
  await queue.add('mail', [{ id: 'c', data: 3 }])
  expect((await now.counts('mail')).waiting).toBe(1)
  expect(await queue.counts('mail')).toEqual({ waiting: 3, delayed: 0, active: 0, parked: 0 })
  const done = new Set<unknown>()
  const worker = await queue.work('mail', async ({ data }) => void done.add(data))
  await expect.poll(() => done, { timeout }).toEqual(new Set([1, 2, 3]))
  await worker.stop()
  await before.add('mail', [{ id: 'd', data: 4 }])
  expect((await queue.counts('mail')).waiting).toBe(1)
  await queue.close()
})

test('parked jobs of a previous store are listed and retried', async () => {
  const [now, before] = [memoryQueue(), memoryQueue()]
  const failing = await before.work('mail', async () => Promise.reject(new Error('no mail')), {
    attempts: 1,
  })
  await before.add('mail', [{ id: 'a', data: 1 }])
  await expect.poll(async () => (await before.parked()).length, { timeout }).toBe(1)
  await failing.stop()
  const queue = drainPreviousStore(now, [before])
  expect(await queue.parkedCounts()).toEqual([{ queue: 'mail', parked: 1 }])
  expect(await queue.parked()).toMatchObject([{ queue: 'mail', id: 'a', error: 'no mail' }])
  expect((await queue.counts('mail')).parked).toBe(1)
  const done: unknown[] = []
  const worker = await queue.work('mail', async ({ data }) => void done.push(data))
  expect(await queue.retry('mail', 'none')).toBe(false)
  expect(await queue.retry('mail', 'a')).toBe(true)
  await expect.poll(() => done, { timeout }).toEqual([1])
  await worker.stop()
  await queue.close()
})

test('while one previous store is unavailable, jobs of the others are listed and retried', async () => {
  const [now, older] = [memoryQueue(), memoryQueue()]
  const unavailable = async () => Promise.reject(new Unavailable('Redis cannot be reached'))
  const offline: Queue = {
    ...memoryQueue(),
    parked: unavailable,
    retry: unavailable,
    counts: unavailable,
  }
  for (const [queue, id] of [
    [now, 'a'],
    [older, 'b'],
  ] as const) {
    const failing = await queue.work('mail', async () => Promise.reject(new Error('no mail')), {
      attempts: 1,
    })
    await queue.add('mail', [{ id, data: id }])
    await expect.poll(async () => (await queue.parked()).length, { timeout }).toBe(1)
    await failing.stop()
  }
  const queue = drainPreviousStore(now, [offline, older])
  expect((await queue.parked()).map(({ id }) => id).toSorted()).toEqual(['a', 'b'])
  expect(await queue.parkedCounts()).toEqual([{ queue: 'mail', parked: 2 }])
  expect(await queue.counts('mail')).toEqual({ waiting: 0, delayed: 0, active: 0, parked: 2 })
  expect(await queue.retry('mail', 'b')).toBe(true)
  // The job may be in the unavailable store.
  await expect(queue.retry('mail', 'none')).rejects.toThrow(Unavailable)
  await queue.close()

  const without = drainPreviousStore(offline, [older])
  await expect(without.parked()).rejects.toThrow(Unavailable)
  await expect(without.counts('mail')).rejects.toThrow(Unavailable)
  await without.close()
})

test('used stores are recorded until they are empty', async () => {
  await using fresh = await freshDatabase()
  const stores = jobStores(fresh.database)
  const postgres = { named: 'postgres' }
  expect(await stores.known()).toEqual([])
  await stores.used(postgres)
  const old = { named: 'redis://a' }
  const a = { named: 'redis://a', room: 'x' }
  await stores.used(old)
  await stores.used(a)
  await stores.used(a)
  expect(await stores.known()).toEqual([postgres, old, a])
  await stores.emptied(postgres)
  await stores.emptied({ named: 'redis://b', room: 'x' })
  await stores.emptied({ named: 'redis://a', room: 'y' })
  expect(await stores.known()).toEqual([old, a])
  await stores.emptied(old)
  expect(await stores.known()).toEqual([a])
})

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  test('all keys of a queue are in one hash slot of a cluster', async () => {
    await using redis = await freshRedis()
    await using opened = new AsyncDisposableStack()
    const queue = opened.adopt(await bullmqQueue(redis.url, { schema: 'agora:{jobs-x}' }), (it) =>
      it.close(),
    )
    const done: unknown[] = []
    await queue.work('send-mail', async ({ data }) => void done.push(data))
    await queue.add('send-mail', [
      { id: 'a', data: 1 },
      { id: 'b', data: 2, runAt: Date.now() + 60_000 },
    ])
    await expect.poll(() => done, { timeout }).toEqual([1])
    const client = opened.adopt(new Redis(redis.url), (it) => it.disconnect())
    const keys = await client.keys('*')
    expect(keys.length).toBeGreaterThan(3)
    // The slot of a key derives from the text in its first braces.
    for (const key of keys) expect(/\{([^}]+)\}/.exec(key)?.[1]).toBe('jobs-x')
  })

  test('reported errors contain neither the password nor the data of a job', async () => {
    await using redis = await freshRedis()
    await using opened = new AsyncDisposableStack()
    const client = opened.adopt(new Redis(redis.url), (it) => it.disconnect())
    await client.config('SET', 'requirepass', 'another')
    const errors: unknown[] = []
    const onError = (error: unknown) => void errors.push(error)
    const url = redis.url.replace('//', '//me:hunter2@')
    const queue = opened.adopt(await bullmqQueue(url, { onError }), (it) => it.close())
    await queue.add('mail', [{ id: 'a', data: 'a-secret' }]).catch(onError)
    expect(errors.map(String).join(' ')).toContain('WRONGPASS')
    expect(inspect(errors, { depth: 10 })).not.toMatch(/hunter2|a-secret/)
  })
})
