import { expect, test } from 'vitest'
import type { ProjectionStatus } from '../../src/runtime/operations.ts'
import { mongodb } from '../services/mongodb.ts'
import { startService } from '../services/service.ts'
import { agoraHere } from '../support/agora.ts'
import { placeOrders } from '../support/load.ts'
import { hasMongo, needsMongo } from '../support/mongo.ts'
import { allSettled } from '../support/shop.ts'
import { until } from '../support/until.ts'

test.skipIf(!hasMongo)(
  `while MongoDB hangs and after it was killed, orders are placed and all other reads go on; afterwards notifications are level${needsMongo}`,
  async () => {
    await using server = await startService(mongodb)
    await using agora = await agoraHere({ MONGO_URL: server.url })
    const { shop } = agora
    const started = performance.now()
    const ada = await shop.register('ada')
    const lamp = await shop.sell(10_000)
    const root = await shop.admin()
    const statusOf = async (): Promise<ProjectionStatus> => {
      const { body } = await root.call('GET', '/admin/projections')
      return body.data.projections.find(({ name }: ProjectionStatus) => name === 'notifications')
    }
    expect(await until(statusOf, ({ status }) => status === 'live')).toMatchObject({
      store: 'mongo',
    })
    const list = () => ada.call('GET', `/notifications/user/${ada.id}?limit=1`)
    await until(list, ({ body }) => body.data.total === 2)
    /** What a probe says of MongoDB. */
    const probe = async (path: string) => {
      const { status, body } = await shop.anyone('GET', path)
      const checks: { name: string; ok: boolean }[] = body.data?.checks ?? []
      return { status, isUp: checks.find(({ name }) => name === 'mongodb')?.ok }
    }
    const acknowledged: string[] = []

    /** Has MongoDB go away while orders are placed, and come back. */
    const without = async (go: () => Promise<void>, comeBack: () => Promise<void>) => {
      const load = placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 4, total: 60 })
      await until(
        () => load.acknowledged().length,
        (count) => count >= 20,
        { every: 1 },
      )
      await go()
      const refused = await until(list, ({ status }) => status !== 200)
      expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } })
      expect(refused.headers['retry-after']).toMatch(/^\d+$/)
      for (const path of ['//health/ready', '//health'])
        expect(
          await until(
            () => probe(path),
            ({ isUp }) => isUp === false,
          ),
        ).toMatchObject({ status: 200 })
      // Orders are taken and settle, and their read model shows them.
      const id = await ada.buy({ [lamp]: 1 })
      expect((await ada.settled(id)).status).toBe('CONFIRMED')
      expect((await list()).status).toBe(503)
      await load.over
      expect([...load.statuses().keys()]).toEqual([202])
      acknowledged.push(id, ...load.acknowledged())
      await comeBack()
      await until(list, ({ status }) => status === 200, { patience: 60_000 })
      await until(
        () => probe('//health'),
        ({ isUp }) => isUp === true,
        { patience: 60_000 },
      )
    }
    await without(
      async () => server.hang(),
      async () => server.resume(),
    )
    await without(server.kill, server.start)

    const orders = await allSettled(ada, { among: acknowledged })
    // A welcome and one notification per order, once per channel.
    await until(list, ({ body }) => body.data.total === 2 + 2 * orders.length, {
      patience: 60_000,
    })
    const { generation } = await statusOf()
    await root.call('POST', '/admin/projections/notifications/rebuild', {})
    const live = await until(
      statusOf,
      (one) => one.generation > generation && one.status === 'live',
      { patience: 60_000 },
    )
    expect(live.comparison).toEqual({
      // The admin was welcomed as well.
      same: 2 + 2 + 2 * orders.length,
      different: 0,
      onlyOld: 0,
      onlyNew: 0,
    })
    expect((await root.call('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])

    const lines = agora.written
      .map((line): { part?: string; err?: { message: string } } => JSON.parse(line))
      .filter(({ part }) => part === 'projection')
    const most = 1 + Math.floor((performance.now() - started) / 60_000)
    for (const [message, same] of Map.groupBy(lines, ({ err }) => err?.message))
      expect([message, same.length <= most]).toEqual([message, true])
  },
  300_000,
)
