import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { temporaryData, usual } from '../support/agora.ts'
import { startReplicated, type Replicated } from '../support/replicated.ts'
import { shopAt, successOf, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

let postgres: Replicated
let shop: Shop
const everything = new AsyncDisposableStack()

beforeAll(async () => {
  postgres = everything.use(await startReplicated())
  const data = everything.use(await temporaryData())
  const app = everything.use(
    await startApp(
      readConfig({ ...usual, AGORA_DATA: data.path, POSTGRES_READ_URL: postgres.replica.url }),
      { postgresUrl: postgres.primary.url, logger: pino({ level: 'silent' }) },
    ),
  )
  shop = shopAt(app.url)
  await sell('Lamp')
})
afterAll(() => everything.disposeAsync())

/** Puts a product on sale. @returns its id, and the position of the event */
const sell = async (name: string) => {
  const { call } = await shop.admin()
  const product = { name, category: 'light', price: { amount: 1, currency: 'EUR' } }
  const { data, meta } = successOf(await call('POST', '/products', product), 201).body
  return { id: String(data.id), position: String(meta.position) }
}

let asked = 0

/** Lists products by a query that the response cache does not have. */
const list = (more = '') =>
  shop.anyone('GET', `/products?limit=100&maxPrice=${1_000 + asked++}${more}`)

/** Lists products. @returns the answer, and who has queried them */
const listedBy = async (more = '') => {
  const { database } = postgres.replica
  const [at] = await database.query<{ now: string }>('SELECT clock_timestamp()::text AS now')
  const reply = await list(more)
  const queries = await database.query({
    text: `SELECT FROM pg_stat_activity WHERE query_start > $1::timestamptz AND pid <> pg_backend_pid()
      AND query LIKE '%read."products"%'`,
    values: [at!.now],
  })
  return { reply, by: queries.length > 0 ? 'replica' : 'primary' }
}

/** Waits until the replica answers: it is left alone for some seconds after it was late on a busy machine. */
const byReplica = (more = '') =>
  until(
    () => listedBy(more),
    ({ by }) => by === 'replica',
  )

/** Waits until the replica has reached a position, and answers. */
const caughtUp = (position: string) => byReplica(`&minPosition=${position}`)

const isThere = async (at: 'primary' | 'replica', table: string): Promise<boolean> => {
  const { database } = postgres[at]
  const [row] = await database.query<{ there: boolean }>({
    text: 'SELECT to_regclass($1) IS NOT NULL AS there',
    values: [table],
  })
  return row!.there
}

test('a replica answers what it has reached; positions beyond it are read from the primary', async () => {
  const { position: before } = await sell('Table')
  const { reply } = await caughtUp(before)
  expect(reply.body.data.total).toBe(2)
  // The same query each time, which the response cache could answer.
  const same = () => shop.anyone('GET', '/products?limit=100')

  await postgres.replica.pause()
  const { id, position } = await sell('Chair')
  const { reply: old } = await byReplica()
  expect([old.status, old.body.data.total]).toEqual([200, 2])
  expect(BigInt(old.body.meta.position)).toBeLessThan(BigInt(position))
  const there = await caughtUp(old.body.meta.position)
  expect(there.reply.body.data.total).toBe(2)
  await same()
  const fresh = await listedBy(`&minPosition=${position}`)
  expect([fresh.by, fresh.reply.body.data.total]).toEqual(['primary', 3])
  expect(BigInt(fresh.reply.body.meta.position)).toBeGreaterThanOrEqual(BigInt(position))
  // What was created a moment ago is found by its link.
  expect((await shop.anyone('GET', `/products/${id}`)).status).toBe(200)

  await postgres.replica.resume()
  expect((await caughtUp(position)).reply.body.data.total).toBe(3)
  // What the replica has answered meanwhile is not cached.
  expect((await same()).body.data.total).toBe(3)
})

test('a replica answers from the former generation until the switch arrives there, and no read fails meanwhile', async () => {
  const { position } = await sell('Shelf')
  const { total } = (await caughtUp(position)).reply.body.data
  await postgres.replica.pause()
  const { call } = await shop.admin()
  successOf(await call('POST', '/admin/projections/products/rebuild', {}), 202)
  // The switch drops it on the primary.
  await until(
    () => isThere('primary', 'read.products_g1'),
    (there) => !there,
  )
  const { reply: former } = await byReplica()
  expect([former.status, former.body.data.total]).toEqual([200, total])

  const answers: unknown[] = []
  let isReading = true
  const readers = Array.from({ length: 4 }, async () => {
    while (isReading) {
      const { status, body } = await list()
      answers.push([status, body.data?.total])
    }
  })
  await postgres.replica.resume()
  await until(
    () => isThere('replica', 'read.products_g1'),
    (there) => !there,
  )
  isReading = false
  await Promise.all(readers)
  expect(new Set(answers.map(String))).toEqual(new Set([`200,${total}`]))
  expect((await caughtUp(position)).reply.body.data.total).toBe(total)
})

test('a read that the replica cancels for its replication is answered by the primary', async () => {
  const { position } = await sell('Stool')
  const { total } = (await caughtUp(position)).reply.body.data
  const { primary, replica } = postgres
  const conflicts = async () => {
    const [row] = await replica.database.query<{ count: bigint }>(
      'SELECT sum(confl_lock)::bigint AS count FROM pg_stat_database_conflicts',
    )
    return row!.count
  }
  /** Number of locks on tables and views of products at the replica. */
  const locks = async (mode: string, granted: boolean) => {
    const rows = await replica.database.query({
      text: `SELECT FROM pg_locks WHERE mode = $1 AND granted = $2
        AND relation IN (SELECT oid FROM pg_class WHERE relname ~ '^products(_g\\d+)?$')`,
      values: [mode, granted],
    })
    return rows.length
  }
  const before = await conflicts()
  const session = await primary.database.connect()
  try {
    // The read waits for the table and has the view, for which replication then does not wait.
    await session.query('BEGIN')
    await session.query('LOCK TABLE read.products_g2 IN ACCESS EXCLUSIVE MODE')
    await until(
      () => locks('AccessExclusiveLock', true),
      (count) => count === 1,
    )
    const reading = list()
    await until(
      () => locks('AccessShareLock', false),
      (count) => count === 1,
    )
    await session.query('LOCK TABLE read.products IN ACCESS EXCLUSIVE MODE')
    await until(conflicts, (count) => count > before)
    await session.query('ROLLBACK')
    const { status, body } = await reading
    expect([status, body.data.total]).toEqual([200, total])
  } finally {
    await session.close()
  }
})

test('without its replica, be it hung or gone, Agora reads all from the primary, and from the replica again once it is back', async () => {
  const check = async () => {
    const { status, body } = await shop.anyone('GET', '//health/ready')
    const checks: readonly { name: string; ok: boolean }[] = body.data.checks
    return [status, checks.find(({ name }) => name === 'postgres replica')?.ok]
  }
  const { position } = await sell('Sofa')
  const { total } = (await caughtUp(position)).reply.body.data
  expect(await check()).toEqual([200, true])
  const readAll = async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => list()))
    return new Set(replies.map(({ status, body }) => `${status},${body.data?.total}`))
  }
  await postgres.replica.hang()
  expect(await readAll()).toEqual(new Set([`200,${total}`]))
  await postgres.replica.kill()
  expect(await readAll()).toEqual(new Set([`200,${total}`]))
  expect(await check()).toEqual([200, false])

  await postgres.replica.start()
  expect((await caughtUp(position)).reply.body.data.total).toBe(total)
  expect(await check()).toEqual([200, true])
})
