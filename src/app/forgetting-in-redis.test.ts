import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../../test/support/redis.ts'
import { emailIdOf } from '../domains/identity/language.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import { bullmqQueue } from '../platform/messaging/queue/bullmq.ts'
import { jobStores } from '../platform/messaging/queue/job-stores.ts'
import { forgettingInRedis } from './forgetting-in-redis.ts'
import { redisKeys } from './redis-keys.ts'

const person = randomUUID()
const address = 'ada@example.org'
const ada = { person, addresses: [address], texts: [] }

test.skipIf(!hasRedis)(
  `erasure in one Agora keeps the data of others on the same Redis${needsRedis}`,
  async () => {
    await using fresh = await freshDatabase()
    await using redis = await freshRedis()
    await using all = new AsyncDisposableStack()
    const client = all.adopt(new Redis(redis.url), (it) => it.disconnect())
    const stores = jobStores(fresh.database)

    /** Writes the data of an Agora about Ada. @returns a function that lists the kinds of keys with data of her left */
    const fill = async (room: string) => {
      const { counts, cache, processBus, jobs } = redisKeys(room)
      await client.set(`${counts}tries:account:${emailIdOf(address)}`, 3)
      await client.set(`${cache}profile`, person)
      await client.xadd(processBus, '*', 'm', address)
      const queue = all.adopt(await bullmqQueue(redis.url, { schema: jobs }), (it) => it.close())
      await queue.add('send-mail', [{ id: 'mail', data: [{ userId: person, to: address }] }])
      return async () => {
        const [data] = await client.hmget(`${jobs}:jsend-mail:jmail`, 'data')
        const left = {
          counts: (await client.keys(`${counts}*`)).length > 0,
          cache: (await client.keys(`${cache}*`)).length > 0,
          processBus: (await client.xlen(processBus)) > 0,
          jobs: data?.includes(person),
        }
        return Object.entries(left).flatMap(([kind, isLeft]) => (isLeft ? [kind] : []))
      }
    }
    const everywhere = ['counts', 'cache', 'processBus', 'jobs']
    const rooms = ['ours', 'before', 'earlier', 'others']
    const [ours, before, earlier, others] = await Promise.all(rooms.map(fill))
    const forget = forgettingInRedis(redis.url, { room: 'ours', roomBefore: 'before', stores })

    await forget(ada)
    expect(await ours!()).toEqual([])
    for (const left of [before, earlier, others]) expect(await left!()).toEqual(everywhere)

    const named = withoutPassword(redis.url)
    await stores.used({ named: 'redis://elsewhere:6379' })
    await stores.used({ named: 'redis://elsewhere:6379', room: 'others' })
    await stores.used({ named, room: 'earlier' })
    await forget(ada)
    expect(await earlier!()).toEqual([])
    expect(await before!()).toEqual(everywhere)

    await stores.used({ named })
    await forget(ada)
    expect(await before!()).toEqual([])
    expect(await others!()).toEqual(everywhere)
  },
)
