import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshRedisCluster, type TestRedisCluster } from '../../test/support/redis-cluster.ts'
import { hasRedis, needsRedis } from '../../test/support/redis.ts'
import { openRedis } from './engines/redis/connection.ts'
import { nodesIn, nodesOf } from './engines/redis/client.ts'
import { processBusConformance } from './messaging/process-bus/conformance.ts'
import { redisProcessBus } from './messaging/process-bus/redis.ts'
import { bullmqQueue } from './messaging/queue/bullmq.ts'
import { queueConformance } from './messaging/queue/conformance.ts'
import { countersConformance } from './security/counters/conformance.ts'
import { redisCounters } from './security/counters/redis.ts'
import { inRedis } from './security/erasure/redis.ts'
import { cacheConformance } from './storage/cache/conformance.ts'
import { redisCache } from './storage/cache/redis.ts'

/** Long enough for a machine that runs other tests at the same time. */
const timeoutMs = 5_000

describe.skipIf(!hasRedis)(`with a cluster of Redis${needsRedis}`, () => {
  let cluster: TestRedisCluster
  beforeAll(async () => {
    cluster = await freshRedisCluster()
  }, 60_000)
  afterAll(() => cluster?.[Symbol.asyncDispose]())

  /** Opens a connection for a fixture, which closes it. */
  const connected = async () => {
    const connection = await openRedis(cluster.url, { timeoutMs })
    return { connection, [Symbol.asyncDispose]: connection.close }
  }

  cacheConformance('a cluster of Redis', async () => {
    const { connection, ...closing } = await connected()
    const prefix = `${randomUUID()}:`
    return { open: () => redisCache(connection, { prefix }), shared: true, ...closing }
  })

  countersConformance('a cluster of Redis', async () => {
    const { connection, ...closing } = await connected()
    const prefix = `${randomUUID()}:`
    return { open: () => redisCounters(connection, { prefix }), shared: true, ...closing }
  })

  processBusConformance(
    'a cluster of Redis',
    async () => {
      const opened = new AsyncDisposableStack()
      const key = randomUUID()
      return {
        open: async (options) => {
          const { connection } = opened.use(await connected())
          const bus = await redisProcessBus(cluster.url, connection, { ...options, key })
          return opened.adopt(bus, (it) => it.close())
        },
        [Symbol.asyncDispose]: () => opened.disposeAsync(),
      }
    },
    { store: false },
  )

  queueConformance(
    'BullMQ in a cluster of Redis',
    async () => {
      const opened = new AsyncDisposableStack()
      // In braces: BullMQ's scripts change several keys at once.
      const schema = `{${randomUUID()}}`
      return {
        open: async (options) =>
          opened.adopt(await bullmqQueue(cluster.url, { schema, ...options }), (it) => it.close()),
        [Symbol.asyncDispose]: () => opened.disposeAsync(),
      }
    },
    { processes: false },
  )

  test('a worker of mails that has just run a job closes, whatever BullMQ reconnects meanwhile', async () => {
    let closed = 0
    const lane = async () => {
      for (let nth = 0; nth < 20; nth += 1) {
        const queue = await bullmqQueue(cluster.url, { schema: `{${randomUUID()}}` })
        const ran = Promise.withResolvers<void>()
        await queue.add('mails', [{ id: 'one', data: 1 }])
        await queue.work('mails', async () => ran.resolve())
        await ran.promise
        await queue.close()
        closed += 1
      }
    }
    await Promise.all(Array.from({ length: 4 }, lane))
    expect(closed).toBe(80)
  }, 60_000)

  test('a person is erased on every node', async () => {
    await using all = await connected()
    const person = randomUUID()
    const prefix = `agora:${randomUUID()}:`
    const counters = redisCounters(all.connection, { prefix })
    const keys = Array.from({ length: 30 }, (_, nth) => `${nth}:${person}`)
    for (const key of [...keys, 'of another']) await counters.add(key, 60_000)
    const sizes = await all.connection.run((redis) =>
      Promise.all(nodesOf(redis).map((node) => node.dbsize())),
    )
    expect(sizes).toHaveLength(3)
    for (const size of sizes) expect(size).toBeGreaterThan(0)
    const forget = inRedis(() => openRedis(cluster.url, { timeoutMs }), {
      prefixes: async () => [prefix],
    })
    const removed = await forget({ person, addresses: [], texts: [] })
    expect(removed.find(({ place }) => place === 'counts in Redis')?.removed).toBe(keys.length)
    expect((await counters.add('of another', 60_000)).count).toBe(2)
  })

  test('one node is enough to find the others', async () => {
    const connection = await openRedis(`${cluster.nodes[1]}?cluster=true`, { timeoutMs })
    const cache = redisCache(connection, { prefix: `${randomUUID()}:` })
    for (const key of ['a', 'b', 'c', 'd']) {
      await cache.set(key, Buffer.from(key), 60_000)
      expect((await cache.get(key))?.value.toString()).toBe(key)
    }
    await connection.close()
  })
})

test.for([
  ['redis://a:6379', ['redis://a:6379'], false],
  ['redis://a,redis://b', ['redis://a', 'redis://b'], true],
  ['redis://u:a,b@a?cluster=true', ['redis://u:a,b@a'], true],
] as const)('the nodes of %s', ([url, nodes, isCluster]) => {
  expect(nodesIn(url)).toEqual({ nodes, isCluster })
})
