import { expect, test } from 'vitest'
import { pino } from 'pino'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { temporaryData, usual, type Env } from '../support/agora.ts'
import { freshDatabase } from '../support/postgres.ts'
import { shopAt } from '../support/shop.ts'
import { until } from '../support/until.ts'

test('a replica that stands still answers what it has, positions beyond it are read from the primary, and so is all once it is gone', async () => {
  await using database = await freshDatabase()
  await using server = await freshDatabase()
  await using data = await temporaryData()
  const logger = pino({ level: 'silent' })
  const start = async (env: Env) => {
    const config = readConfig({ ...usual, AGORA_DATA: data.path, ...env })
    const app = await startApp(config, { postgresUrl: database.url, logger })
    return { shop: shopAt(app.url), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
  }
  let lamp: string
  {
    await using before = await start({})
    lamp = await before.shop.sell(5)
    await until(
      () => before.shop.anyone('GET', '/products'),
      ({ body }) => body.data.total === 1,
    )
  }
  // A copy, which replicates nothing from then on.
  const name = `${new URL(database.url).pathname.slice(1)}_copy`
  await server.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name.slice(0, -5)}'`,
  )
  await server.database.query(`CREATE DATABASE ${name} TEMPLATE ${name.slice(0, -5)}`)
  const drop = () => server.database.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await using _ = { [Symbol.asyncDispose]: async () => void (await drop()) }
  const url = new URL(database.url)
  url.pathname = `/${name}`

  await using agora = await start({ POSTGRES_READ_URL: url.href })
  const { shop } = agora
  const { call } = await shop.admin()
  const product = { name: 'Chair', category: 'seat', price: { amount: 1, currency: 'EUR' } }
  const created = await call('POST', '/products', product)
  const { position } = created.body.meta
  const list = (more = '') => shop.anyone('GET', `/products?limit=10${more}`)
  // Another page than below: the response cache would answer that with this fresher one.
  const fresh = await shop.anyone('GET', `/products?limit=11&minPosition=${position}`)
  expect(fresh.body.data.total).toBe(2)
  const old = await list()
  expect([old.status, old.body.data.total]).toEqual([200, 1])
  expect(BigInt(old.body.meta.position)).toBeLessThan(BigInt(position))
  expect((await list(`&minPosition=${old.body.meta.position}`)).body.data.total).toBe(1)
  // What was created a moment ago is found by its link.
  const { id } = created.body.data
  expect((await shop.anyone('GET', `/products/${id}`)).status).toBe(200)
  expect((await shop.anyone('GET', `/products/${lamp}`)).status).toBe(200)

  await drop()
  const after = await list()
  expect([after.status, after.body.data.total]).toEqual([200, 2])
  const ready = await shop.anyone('GET', '//health/ready')
  expect(ready.status).toBe(200)
  expect(ready.body.data.checks).toContainEqual(
    expect.objectContaining({ name: 'postgres replica', ok: false }),
  )
})
