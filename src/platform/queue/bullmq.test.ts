import { describe } from 'vitest'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../../../test/support/redis.ts'
import { bullmqQueue } from './bullmq.ts'
import { queueConformance } from './conformance.ts'
import { hangingProcess } from './testing/hanging-process.ts'
import { severable } from './testing/severable.ts'

queueConformance(
  'BullMQ in PostgreSQL',
  async () => {
    const fresh = await freshDatabase()
    const way = await severable(fresh.url)
    const opened = new AsyncDisposableStack()
    return {
      open: async (options) =>
        opened.adopt(await bullmqQueue(way.url, options), (queue) => queue.close()),
      remote: {
        outage: { begin: way.sever, end: way.mend },
        hang: (queue, lease) => hangingProcess({ adapter: 'bullmq', url: fresh.url, queue, lease }),
      },
      [Symbol.asyncDispose]: async () => {
        await opened.disposeAsync()
        await way[Symbol.asyncDispose]()
        await fresh[Symbol.asyncDispose]()
      },
    }
  },
  { processes: true },
)

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  queueConformance(
    'BullMQ in Redis',
    async () => {
      const redis = await freshRedis()
      const way = await severable(redis.url)
      const opened = new AsyncDisposableStack()
      return {
        open: async (options) =>
          opened.adopt(await bullmqQueue(way.url, options), (queue) => queue.close()),
        remote: {
          outage: { begin: way.sever, end: way.mend },
          hang: (queue, lease) =>
            hangingProcess({ adapter: 'bullmq', url: redis.url, queue, lease }),
        },
        [Symbol.asyncDispose]: async () => {
          await opened.disposeAsync()
          await way[Symbol.asyncDispose]()
          await redis[Symbol.asyncDispose]()
        },
      }
    },
    { processes: true },
  )
})
