import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/engines/postgres/database.ts'
import { shortLease, startAgora, temporaryData } from '../support/agora.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { basketOf, successOf } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

const all = new AsyncDisposableStack()
let fresh: TestDatabase
let data: string
beforeAll(async () => {
  fresh = all.use(await startedDatabase())
  data = all.use(await temporaryData()).path
})
afterAll(() => all.disposeAsync())

const start = () =>
  startAgora(data, { ...shortLease, POSTGRES_URL: fresh.url, AGORA_SECRET: 'x'.repeat(32) })

/**
 * Blocks a statement of an Agora in the database from its start on, and kills the Agora while the statement waits.
 * @param hold takes the lock that the statement waits for; it is released afterwards
 * @param stands the beginning of the waiting statement
 */
const startedAndKilledAt = async (hold: string, stands: string): Promise<void> => {
  const database: Database = openDatabase(fresh.url, { connections: 1 })
  try {
    await database.transaction(async (session) => {
      // Longer than a statement outside of tests: the start of a process.
      await session.query('SET LOCAL idle_in_transaction_session_timeout = 0')
      await session.query(hold)
      await using agora = await start()
      await until(
        () =>
          fresh.database.query<{ query: string }>(
            `SELECT query FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          ),
        (waiting) => waiting.some(({ query }) => query.includes(stands)),
      )
      await agora.kill()
    })
  } finally {
    await database.close()
  }
}

test('an erasure that is interrupted by two kills is completed', async () => {
  let agora = await start()
  all.defer(() => agora[Symbol.asyncDispose]())
  const her = await agora.shop.register('quillzeph')
  const lamp = await agora.shop.sell(3)
  const shippingAddress = {
    line1: 'Wobbleton Crescent 77',
    city: 'Bath',
    postalCode: 'WQ7',
    country: 'GB',
  }
  const basket = { ...basketOf({ [lamp]: 1 }), shippingAddress }
  const { id } = successOf(await her.call('POST', '/orders', basket), 202).body.data
  await her.settled(id)
  const path = `/admin/users/${her.id}/forget`
  const receipt = async () =>
    successOf(await (await agora.shop.admin()).call('GET', path), 200).body.data

  // Right after the request.
  const asked = await (await agora.shop.admin()).call('POST', path)
  expect(asked).toMatchObject({ status: 202, body: { data: { status: 'pending' } } })
  await agora.kill()

  // When everything is erased except the key.
  const key = `SELECT FROM agora.personal_keys WHERE person = '${her.id}' FOR UPDATE`
  await startedAndKilledAt(key, 'INSERT INTO agora.personal_keys')
  const [stored] = await fresh.database.query<{ receipts: bigint; keys: bigint }>({
    text: `SELECT (SELECT count(*) FROM agora.forgotten WHERE person = $1) AS receipts,
      (SELECT count(*) FROM agora.personal_keys WHERE person = $1 AND sealed_key IS NOT NULL) AS keys`,
    values: [her.id],
  })
  expect(stored).toEqual({ receipts: 1n, keys: 1n })

  agora = await start()
  const erased = await until(receipt, ({ status }) => status === 'forgotten')
  expect(
    erased.places.filter((one: { found: number; removed: number }) => one.found > one.removed),
  ).toEqual([])
  const rows = await fresh.database.query<{ sealed_key: Buffer | null }>({
    text: 'SELECT sealed_key FROM agora.personal_keys WHERE person = $1',
    values: [her.id],
  })
  expect(rows).toEqual([{ sealed_key: null }])
  const admin = await agora.shop.admin()
  const order = await admin.call('GET', `/orders/${id}`)
  expect(order.body.data).toMatchObject({ status: 'CONFIRMED' })
  expect(order.text).not.toContain('Wobbleton')
  // Address and username can be registered again.
  const { email, password } = her
  const again = { email, password, username: 'quillzeph' }
  successOf(await agora.shop.anyone('POST', '/auth/register', again), 201)
})
