import { expect, test } from 'vitest'
import type { ProjectionStatus } from '../../src/runtime/operations.ts'
import { elasticsearch } from '../services/elasticsearch.ts'
import { mongodb } from '../services/mongodb.ts'
import { startService } from '../services/service.ts'
import { agoraHere } from '../support/agora.ts'
import { hasElasticsearch, needsElasticsearch } from '../support/elasticsearch.ts'
import { placeOrders } from '../support/load.ts'
import { hasMongo, needsMongo } from '../support/mongo.ts'
import { allSettled } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** Stores of single read models, where there are servers to test on. */
const stores = [
  ...(hasMongo
    ? [
        {
          store: 'mongo',
          check: 'mongodb',
          program: mongodb,
          variable: 'MONGO_URL',
          models: ['notifications'],
        },
      ]
    : []),
  ...(hasElasticsearch
    ? [
        {
          store: 'elasticsearch',
          check: 'elasticsearch',
          program: elasticsearch,
          variable: 'ELASTICSEARCH_URL',
          models: ['search_users', 'search_products', 'search_orders'],
        },
      ]
    : []),
]

test.skipIf(stores.length === 0)(
  `while MongoDB or Elasticsearch is away, at the start, hanging and killed, orders are placed and all other reads go on; afterwards its read models are level${needsMongo}${needsElasticsearch}`,
  async () => {
    await using servers = new AsyncDisposableStack()
    const started = performance.now()
    const running = await Promise.all(
      stores.map(async (one) => ({
        ...one,
        server: servers.use(await startService(one.program)),
      })),
    )
    await Promise.all(running.map(({ server }) => server.kill()))
    await using agora = await agoraHere(
      Object.fromEntries(running.map(({ variable, server }) => [variable, server.url])),
    )
    const { shop } = agora
    const ada = await shop.register('ada')
    const lamp = await shop.sell(10_000)
    const root = await shop.admin()
    const statuses = async (models: readonly string[]): Promise<readonly ProjectionStatus[]> => {
      const { body } = await root.call('GET', '/admin/projections?limit=100')
      return body.data.projections.filter(({ name }: ProjectionStatus) => models.includes(name))
    }
    /** Read of a store: what was acknowledged is in it, or is in it soon. */
    const readOf = (check: string, query = '') =>
      check === 'mongodb'
        ? ada.call('GET', `/notifications/user/${ada.id}?limit=1${query}`)
        : ada.call('GET', `/search/orders?limit=1${query}`)
    /** What a probe says of a store. */
    const probe = async (path: string, check: string) => {
      const { status, body } = await shop.anyone('GET', path)
      const checks: { name: string; ok: boolean }[] = body.data?.checks ?? []
      return { status, isUp: checks.find(({ name }) => name === check)?.ok }
    }
    const acknowledged: string[] = []

    /** A store is away: orders are placed, and other reads go on. */
    const away = async (check: string, code: string, load?: Promise<unknown>) => {
      const refused = await until(
        () => readOf(check),
        ({ status }) => status !== 200,
      )
      expect(refused).toMatchObject({ status: 503, body: { code } })
      expect(refused.headers['retry-after']).toMatch(/^\d+$/)
      for (const path of ['//health/ready', '//health'])
        expect(
          await until(
            () => probe(path, check),
            ({ isUp, status }) => isUp === false && status === 200,
          ),
        ).toBeDefined()
      // Orders are taken and settle, and their read model shows them.
      const id = await ada.buy({ [lamp]: 1 })
      expect((await ada.settled(id)).status).toBe('CONFIRMED')
      expect((await readOf(check)).status).toBe(503)
      await load
      acknowledged.push(id)
    }
    /** A store answers again, without help. */
    const isBack = async (check: string) => {
      await until(
        () => readOf(check),
        ({ status }) => status === 200,
        { patience: 60_000 },
      )
      await until(
        () => probe('//health', check),
        ({ isUp }) => isUp === true,
        { patience: 60_000 },
      )
    }

    for (const { check } of running) await away(check, 'not_caught_up')
    await Promise.all(running.map(({ server }) => server.start()))
    for (const { check, models, store } of running) {
      await isBack(check)
      await until(
        () => statuses(models),
        (all) => all.every((one) => one.store === store && one.status === 'live'),
      )
    }

    for (const { check, server } of running)
      for (const [go, comeBack] of [
        [server.hang, server.resume],
        [server.kill, server.start],
      ] as const) {
        const load = placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 4, total: 60 })
        await until(
          () => load.acknowledged().length,
          (count) => count >= 20,
          { every: 1 },
        )
        await go()
        await away(check, 'unavailable', load.over)
        expect([...load.statuses().keys()]).toEqual([202])
        acknowledged.push(...load.acknowledged())
        for (const other of running.filter((one) => one.check !== check))
          expect((await readOf(other.check)).status).toBe(200)
        await comeBack()
        await isBack(check)
      }

    const orders = await allSettled(ada, { among: acknowledged })
    // A welcome and one notification per order, once per channel.
    const totals: Readonly<Record<string, number>> = {
      mongodb: 2 + 2 * orders.length,
      elasticsearch: orders.length,
    }
    for (const { check, models } of running) {
      await until(
        () => readOf(check),
        ({ body }) => body.data.total === totals[check],
        { patience: 60_000 },
      )
      for (const { name, generation } of await statuses(models)) {
        // It was begun once, however often that was tried.
        expect([name, generation]).toEqual([name, 1])
        await root.call('POST', `/admin/projections/${name}/rebuild`, {})
        const [live] = await until(
          () => statuses([name]),
          ([one]) => one?.generation === 2 && one.status === 'live',
          { patience: 60_000 },
        )
        expect(live?.comparison).toMatchObject({ different: 0, onlyOld: 0, onlyNew: 0 })
      }
    }
    expect((await root.call('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])

    const lines = agora.written
      .map((line): { part?: string; name?: string; err?: { message: string } } => JSON.parse(line))
      .filter(({ part }) => part === 'projection')
    const most = 1 + Math.floor((performance.now() - started) / 60_000)
    for (const [line, same] of Map.groupBy(lines, ({ name, err }) => `${name}: ${err?.message}`))
      expect([line, same.length <= most]).toEqual([line, true])
  },
  600_000,
)
