import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { postgresEventLog } from '../../src/platform/storage/event-log/postgres.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { agoraHere } from '../support/agora.ts'
import { until } from '../support/until.ts'

test('an event of a newer version blocks commands on its stream with 503, and nothing else', async () => {
  await using agora = await agoraHere()
  const { shop } = agora
  const ada = await shop.register('ada')
  const eve = await shop.register('eve')
  const lamp = await shop.sell(10)
  const orderId = await ada.buy({ [lamp]: 1 })
  await ada.settled(orderId)

  await using parts = new AsyncDisposableStack()
  const database = parts.adopt(openDatabase(agora.postgresUrl), (it) => it.close())
  const log = parts.adopt(await postgresEventLog(database), (it) => it.close())
  const record = (stream: string, type: string, data: object) =>
    log.append(stream, 'exists', [{ eventId: randomUUID(), type, data, metadata: someMetadata }])
  await record(`order-${orderId}`, 'OrderGiftWrapped', { ribbon: 'red', note: 'For Ada Lovelace' })
  await record(`account-${eve.id}`, 'PassKeyAdded', { name: "Eve's phone" })

  const admin = await shop.admin()
  const shipped = await admin.call('PUT', `/orders/${orderId}`, { status: 'SHIPPED' })
  expect(shipped.status).toBe(503)
  expect(shipped.headers['retry-after']).toBe('5')
  expect(shipped.body).toMatchObject({ code: 'newer_version' })
  expect(shipped.body.detail).toContain('OrderGiftWrapped')
  expect(shipped.body.detail).toContain(`order-${orderId}`)

  const history = await ada.call('GET', `/orders/${orderId}/history`)
  expect(history.status).toBe(200)
  expect(history.body.data.events.at(-1)).toMatchObject({ type: 'OrderGiftWrapped', data: '***' })
  expect((await eve.call('GET', `/orders/${orderId}/history`)).status).not.toBe(200)

  const login = { email: eve.email, password: eve.password }
  const locked = await shop.anyone('POST', '/auth/login', login)
  expect(locked.status).toBe(503)
  expect(locked.body).toMatchObject({ code: 'newer_version' })

  // All other streams are served.
  const next = await ada.buy({ [lamp]: 1 })
  expect((await ada.settled(next)).status).toBe('CONFIRMED')
  expect((await shop.anyone('GET', '//health/ready')).status).toBe(200)
  // Each follower reaches the unreadable event at its own pace.
  const health = await until(
    () => shop.anyone('GET', '//health'),
    ({ text }) => text.includes('OrderGiftWrapped') && text.includes('PassKeyAdded'),
  )
  expect(health.body.data.status).toBe('degraded')
  expect((await admin.call('GET', '/admin/dead-letters')).body.data.total).toBe(0)
})
