import { pino } from 'pino'
import { expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { ProjectionStatus } from '../../src/runtime/operations.ts'
import { temporaryData, usual, type Env } from '../support/agora.ts'
import { ranHere } from '../support/cli.ts'
import { placeOrders } from '../support/load.ts'
import { freshMongo, hasMongo, needsMongo } from '../support/mongo.ts'
import { freshDatabase } from '../support/postgres.ts'
import { allSettled, root, shopAt, type Credentials } from '../support/shop.ts'
import { until } from '../support/until.ts'

test.skipIf(!hasMongo)(
  `notifications move to MongoDB when it is set, and back when it is taken away: no query fails meanwhile${needsMongo}`,
  async () => {
    await using database = await freshDatabase()
    await using mongo = await freshMongo()
    await using data = await temporaryData()
    const logger = pino({ level: 'silent' })
    const start = async (env: Env) => {
      const config = readConfig({ ...usual, AGORA_DATA: data.path, ...env })
      const app = await startApp(config, { postgresUrl: database.url, logger })
      const shop = shopAt(app.url)
      const cli = {
        AGORA_DATA: data.path,
        AGORA_URL: app.url,
        ADMIN_EMAIL: root.email,
        ADMIN_PASSWORD: root.password,
      }
      const standing = async (): Promise<ProjectionStatus> => {
        const { out } = await ranHere(['projections', '--json'], cli)
        return JSON.parse(out).projections.find(
          ({ name }: ProjectionStatus) => name === 'notifications',
        )
      }
      return { shop, standing, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
    }
    /** Collections of notifications. */
    const collections = async () =>
      (await mongo.db.listCollections().toArray())
        .map(({ name }) => name)
        .filter((name) => name.startsWith('notifications_g'))

    let her: Credentials
    let lamp: string
    let orders = 0
    {
      await using agora = await start({})
      const ada = await agora.shop.register('ada')
      her = ada
      lamp = await agora.shop.sell(10_000)
      await placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 8, total: 100 }).over
      orders += (await allSettled(ada)).length
      expect(await agora.standing()).toMatchObject({ store: 'postgres', declaredStore: 'mongo' })
    }

    for (const [env, store] of [
      [{ MONGO_URL: mongo.url }, 'mongo'],
      [{ MONGO_URL_BEFORE: mongo.url }, 'postgres'],
      [{ MONGO_URL: mongo.url }, 'mongo'],
    ] as const) {
      await using agora = await start(env)
      const ada = await agora.shop.signIn(her)
      const read = (more = '') => ada.call('GET', `/notifications/user/${ada.id}?limit=1${more}`)
      let isReading = true
      const failures: unknown[] = []
      const reading = async () => {
        let seen = 0
        while (isReading) {
          const { status, body } = await read()
          if (status !== 200 || body.data.total < seen) failures.push([status, body])
          seen = body.data?.total ?? seen
        }
      }
      const readers = [reading(), reading()]
      const load = placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 2, total: 30 })
      const moved = await until(
        async () => {
          const one = await agora.standing()
          const { progress, total } = one.rebuild ?? { progress: 0, total: 0 }
          expect(progress).toBeLessThanOrEqual(total)
          return one
        },
        (one) => one.store === store && one.status === 'live',
        { patience: 60_000 },
      )
      expect(moved.comparison).toMatchObject({ different: 0, onlyOld: 0, onlyNew: 0 })
      await load.over
      orders = (await allSettled(ada)).length
      await until(read, ({ body }) => body.data.total === 2 + 2 * orders)
      // What is pushed or written can be read at its position, wherever it lives.
      const id = await ada.buy({ [lamp]: 1 })
      await ada.settled(id)
      orders += 1
      isReading = false
      await Promise.all(readers)
      expect(failures).toEqual([])
      // The former store keeps nothing.
      expect(await collections()).toHaveLength(store === 'mongo' ? 1 : 0)
    }
  },
  300_000,
)
