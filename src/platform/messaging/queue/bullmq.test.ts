import { describe, expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../../../../test/support/redis.ts'
import { bullmqQueue } from './bullmq.ts'
import { openDatabase } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import { queueConformance } from './conformance.ts'
import { hangingProcess } from './testing/hanging-process.ts'
import { severable } from './testing/severable.ts'

queueConformance(
  'BullMQ in PostgreSQL',
  async () => {
    const fresh = await freshDatabase()
    const link = await severable(fresh.url)
    const opened = new AsyncDisposableStack()
    return {
      open: async (options) =>
        opened.adopt(await bullmqQueue(link.url, options), (queue) => queue.close()),
      remote: {
        outage: { begin: link.sever, end: link.mend },
        hang: (queue, lease) => hangingProcess({ adapter: 'bullmq', url: fresh.url, queue, lease }),
      },
      [Symbol.asyncDispose]: async () => {
        await opened.disposeAsync()
        await link[Symbol.asyncDispose]()
        await fresh[Symbol.asyncDispose]()
      },
    }
  },
  { processes: true },
)

test('a worker that cannot connect to PostgreSQL rejects, and leaves no loop running', async () => {
  const fresh = await freshDatabase()
  const queue = await bullmqQueue(fresh.url)
  // Opens the connections of the queue; the worker will open others.
  await queue.counts('bell')
  const server = new URL(fresh.url)
  const name = server.pathname.slice(1)
  server.pathname = '/postgres'
  const database = openDatabase(server.href, { connections: 1 })
  await database.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  const started = queue.work('bell', async () => undefined)
  await expect(started).rejects.toThrow(Unavailable)
  // Timers run: no loop retries without a pause.
  await new Promise((resolve) => setTimeout(resolve, 1))
  await database.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  await (await queue.work('bell', async () => undefined)).stop()
  await queue.close()
  await database.close()
  await fresh[Symbol.asyncDispose]()
})

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  queueConformance(
    'BullMQ in Redis',
    async () => {
      const redis = await freshRedis()
      const link = await severable(redis.url)
      const opened = new AsyncDisposableStack()
      return {
        open: async (options) =>
          opened.adopt(await bullmqQueue(link.url, options), (queue) => queue.close()),
        remote: {
          outage: { begin: link.sever, end: link.mend },
          hang: (queue, lease) =>
            hangingProcess({ adapter: 'bullmq', url: redis.url, queue, lease }),
        },
        [Symbol.asyncDispose]: async () => {
          await opened.disposeAsync()
          await link[Symbol.asyncDispose]()
          await redis[Symbol.asyncDispose]()
        },
      }
    },
    { processes: true },
  )
})
