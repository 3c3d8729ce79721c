import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  contentOfRedis,
  freshRedis,
  hasRedis,
  needsRedis,
  type TestRedis,
} from '../../../../test/support/redis.ts'
import { until } from '../../../../test/support/until.ts'
import { redisCounters } from '../counters/redis.ts'
import { NewerVersion } from '../../newer-version.ts'
import { bullmqQueue } from '../../messaging/queue/bullmq.ts'
import { openRedis } from '../../engines/redis/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import { inRedis } from './redis.ts'

const person = randomUUID()
const ada = { person, addresses: ['ada@example.org'], texts: ['Lovelace'] }
const request = (userId: string, text: string) => ({ data: { userId, text }, causationId: 'c' })

describe.skipIf(!hasRedis)(`erasure in Redis${needsRedis}`, () => {
  let redis: TestRedis
  let client: Redis
  const forget = () =>
    inRedis(() => openRedis(redis.url, { timeoutMs: 5_000 }), {
      standsFor: (text) => [`stands-for-${text}`],
      prefixes: async () => ['agora:', 'bullmq:'],
    })(ada)
  const removed = async () =>
    Object.fromEntries((await forget()).map((one) => [one.place, one.removed]))

  const everything = async () =>
    [...(await contentOfRedis(redis.url)).values()].join('\n').toLowerCase()

  beforeAll(async () => {
    redis = await freshRedis()
    client = new Redis(redis.url)
  })
  afterAll(async () => {
    client.disconnect()
    await redis[Symbol.asyncDispose]()
  })

  test('removes the counters of the person, and keeps those of others', async () => {
    const connection = await openRedis(redis.url, { timeoutMs: 5_000 })
    const counters = redisCounters(connection)
    const theirs = [`rate:user:${person}`, 'tries:account:stands-for-ada@example.org']
    const keys = [...theirs, 'rate:user:other']
    for (const key of keys) await counters.add(key, 60_000)
    expect(await removed()).toMatchObject({ 'counts in Redis': 2 })
    const counts = await Promise.all(keys.map((key) => counters.add(key, 60_000)))
    expect(counts.map(({ count }) => count)).toEqual([1, 1, 2])
    await connection.close()
    await client.flushall()
  })

  test('removes the data of the person from jobs in every state; mails to others stay', async () => {
    await using all = new AsyncDisposableStack()
    const queue = all.adopt(await bullmqQueue(redis.url), (it) => it.close())
    const done: unknown[] = []
    const later = Date.now() + 3_600_000
    await queue.add('mails', [
      { id: 'done', data: [request(person, 'done'), request('other', 'done')] },
      { id: 'failing', data: [request(person, 'failing')] },
      { id: 'later', data: [request(person, 'later'), request('other', 'later')], runAt: later },
    ])
    const worker = await queue.work(
      'mails',
      async ({ id }) => {
        if (id === 'failing') throw new Error('450 <Ada@Example.org> is busy')
        done.push(id)
      },
      { attempts: 1 },
    )
    await until(
      () => queue.counts('mails'),
      ({ parked, active, waiting }) => parked === 1 && active + waiting === 0,
    )
    await worker.stop()
    await queue.add('mails', [{ id: 'waiting', data: [request(person, 'Lovelace')] }])
    await client.set('agora:text', `${person} is Lovelace`)
    await client.xadd('agora:bus', '*', 'm', `${person} has left`)
    await client.xadd('agora:bus', '*', 'm', `${person} is Lovelace`)
    await client.set('elsewhere:text', `${person} is Lovelace`)
    expect(await everything()).toContain('ada@example.org')

    expect(await removed()).toEqual({
      'counts in Redis': 0,
      'texts in Redis': 1,
      'jobs in Redis': 4,
      'failures in Redis': 1,
      'events in Redis': 2,
    })
    // Messages of the process bus stay, unless they have data of the person beside their id.
    expect(await client.xlen('agora:bus')).toBe(1)
    await client.del('agora:bus')
    // Keys of other prefixes are not touched.
    await client.del('elsewhere:text')
    const left = await everything()
    for (const trace of ['ada@example.org', 'lovelace', person]) expect(left).not.toContain(trace)
    expect(await removed()).toMatchObject({ 'jobs in Redis': 0, 'failures in Redis': 0 })

    // Jobs keep the requests about others, and have none about the person.
    expect(await queue.parked()).toMatchObject([{ id: 'failing', data: [], error: '(forgotten)' }])
    expect(await queue.retry('mails', 'failing')).toBe(true)
    const run: unknown[] = []
    await queue.work('mails', async ({ id, data }) => void run.push([id, data]))
    await until(
      () => run.length,
      (count) => count === 2,
    )
    expect(run).toEqual(expect.arrayContaining([['waiting', []]]))
    const [waits] = await client.hmget('bullmq:jmails:jlater', 'data')
    expect(waits).toContain('other')
  })

  test('keeps the number of attempts of a job that was returned to the queue', async () => {
    await using all = new AsyncDisposableStack()
    const queue = all.adopt(await bullmqQueue(redis.url), (it) => it.close())
    const tries: [attempt: number, data: unknown][] = []
    await queue.add('bundles', [
      { id: 'bundle', data: [request(person, ''), request('other', '')] },
    ])
    const older = await queue.work('bundles', async ({ attempt, data }) => {
      tries.push([attempt, data])
      throw new NewerVersion({ type: 'Wrapped', stream: 'parcel-a' }, 'Wrapped is not known')
    })
    await until(
      () => queue.counts('bundles'),
      ({ delayed }) => delayed === 1,
    )
    await older.stop()
    expect(await removed()).toMatchObject({ 'jobs in Redis': 1 })
    await queue.work('bundles', async ({ attempt, data }) => void tries.push([attempt, data]))
    await expect.poll(() => tries).toHaveLength(2)
    expect(tries[1]).toEqual([1, [request('other', '')]])
  })

  test('fails as long as Redis is unavailable', async () => {
    await redis.kill()
    await expect(forget()).rejects.toThrow(Unavailable)
    await redis.start()
    expect(await forget()).toHaveLength(5)
  })
})
