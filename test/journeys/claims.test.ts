import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { startAgora, temporaryData } from '../support/agora.ts'
import { callAt } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

test('a request with an idempotency key whose process is killed is served by another process, with one effect', async () => {
  await using fresh = await startedDatabase()
  await using data = await temporaryData()
  const env = { POSTGRES_URL: fresh.url }
  const [one, other] = await Promise.all([startAgora(data.path, env), startAgora(data.path, env)])
  await using both = new AsyncDisposableStack()
  both.use(one)
  both.use(other)
  const admin = await other.shop.admin()
  const lamp = { name: 'Lamp', category: 'light', price: { amount: 1_999, currency: 'EUR' } }
  const key = { 'idempotency-key': randomUUID() }
  const send = (url: string) => callAt(url, admin.token)('POST', '/products', lamp, key)
  const claims = () => fresh.database.query('SELECT FROM agora.receipts WHERE status IS NULL')

  // Appends are blocked meanwhile, so the request is certainly in flight.
  const holding = openDatabase(fresh.url, { connections: 1 })
  both.adopt(holding, (it) => it.close())
  const blocking = await holding.connect()
  await blocking.query('BEGIN')
  await blocking.query('LOCK TABLE agora.head')
  const cutOff = send(one.url).catch(() => 'cut off')
  await until(claims, ({ length }) => length === 1)
  const living = await send(other.url)
  expect(living.status).toBe(409)
  expect(living.body.code).toBe('request_in_progress')

  one.child.kill('SIGKILL')
  expect(await cutOff).toBe('cut off')
  await blocking.query('ROLLBACK')
  const again = await until(
    () => send(other.url),
    ({ status }) => status !== 409,
    { every: 20 },
  )
  expect(again.status).toBe(201)
  const created = await fresh.database.query(
    `SELECT FROM agora.events WHERE type = 'ProductCreated'`,
  )
  expect(created).toHaveLength(1)
})
