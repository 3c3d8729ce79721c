import { describe, expect, test } from 'vitest'
import { projections } from '../../src/projections/index.ts'
import type { ProjectionStatus } from '../../src/runtime/operations.ts'
import {
  agoraHere,
  shortLease,
  startAgora,
  temporaryData,
  type AgoraHere,
  type Env,
} from '../support/agora.ts'
import { assertBooksAgree } from '../support/books.ts'
import { buying } from '../support/buying.ts'
import { ranHere } from '../support/cli.ts'
import { placeOrders, sendAgain } from '../support/load.ts'
import { freshIndices, hasElasticsearch, needsElasticsearch } from '../support/elasticsearch.ts'
import { freshMongo, hasMongo, needsMongo } from '../support/mongo.ts'
import { freshDatabase } from '../support/postgres.ts'
import { allSettled, root } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** Empty stores of read models beside PostgreSQL, as the environment names them. */
const freshStores = async () => {
  await using starting = new AsyncDisposableStack()
  const mongo = starting.use(await freshMongo())
  const indices = starting.adopt(freshIndices(), ({ drop }) => drop())
  const everything = starting.move()
  return {
    env: { MONGO_URL: mongo.url, ELASTICSEARCH_URL: indices.url },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

/** An Agora in this process whose read models live in the stores that they declare. */
const agoraInStores = async (more: Env = {}): Promise<AgoraHere> => {
  await using starting = new AsyncDisposableStack()
  const { env } = starting.use(await freshStores())
  const agora = starting.use(await agoraHere({ ...env, ...more }))
  const everything = starting.move()
  return { ...agora, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}

const isSkipped = !hasMongo || !hasElasticsearch

describe.skipIf(isSkipped)(`read models in their stores${needsMongo}${needsElasticsearch}`, () => {
  buying('PostgreSQL', agoraInStores)

  test('after kill -9 during orders, a rebuild of each finds no difference', async () => {
    await using database = await freshDatabase()
    await using stores = await freshStores()
    await using data = await temporaryData()
    const env = { ...shortLease, POSTGRES_URL: database.url, ...stores.env }
    const first = await startAgora(data.path, env)
    let killed
    {
      await using agora = first
      const ada = await agora.shop.register('ada')
      const lamp = await agora.shop.sell(1_000)
      const load = placeOrders(ada, (nth) => [{ [lamp]: 1 }, nth % 9 ? 'tok_ok' : 'tok_declined'], {
        atOnce: 16,
        total: 120,
      })
      await until(
        () => load.acknowledged().length,
        (count) => count >= 60,
        { every: 1 },
      )
      await agora.kill()
      await load.over
      killed = { ada, lamp, load }
    }
    const { lamp, load } = killed
    await using agora = await startAgora(data.path, env)
    const ada = await agora.shop.signIn(killed.ada)
    const unanswered = load.sent.filter(({ reply }) => reply?.status !== 202)
    const among = [...load.acknowledged(), ...(await sendAgain(ada, unanswered))]
    const orders = await allSettled(ada, { among })
    expect(orders).toHaveLength(among.length)
    await assertBooksAgree({ shop: agora.shop, data: database.url }, orders, { [lamp]: 1_000 })
    await expect
      .poll(async () => {
        const { body } = await ada.call('GET', `/notifications/user/${ada.id}?limit=1`)
        return body.data?.total
      })
      .toBe(2 + 2 * orders.length)

    const cli = {
      AGORA_DATA: data.path,
      AGORA_URL: agora.url,
      ADMIN_EMAIL: root.email,
      ADMIN_PASSWORD: root.password,
    }
    const standing = async (): Promise<readonly ProjectionStatus[]> =>
      JSON.parse((await ranHere(['projections', '--json'], cli)).out).projections
    const before = new Map((await standing()).map((one) => [one.name, one.generation]))
    expect([...before.keys()]).toEqual(expect.arrayContaining(projections.map(({ name }) => name)))
    for (const name of before.keys())
      expect(await ranHere(['rebuild', name], cli)).toMatchObject({ code: 0 })
    const rebuilt = await until(
      standing,
      (all) =>
        all.every(
          ({ name, generation, status }) =>
            status === 'live' && generation > (before.get(name) ?? 0),
        ),
      { patience: 120_000 },
    )
    for (const { name, comparison, store } of rebuilt) {
      expect([name, comparison]).toMatchObject([name, { different: 0, onlyOld: 0, onlyNew: 0 }])
      const declared = projections.find((one) => one.name === name)?.store
      expect([name, store]).toEqual([name, declared ?? 'postgres'])
    }
    const { call } = await agora.shop.admin()
    expect((await call('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])
  }, 300_000)
})
