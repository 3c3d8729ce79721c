import { expect, test } from 'vitest'
import { io } from 'socket.io-client'
import { agoraHere, ledgerOf, startAgora, temporaryData } from '../support/agora.ts'
import { successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'

type Notification = { readonly type: string; readonly channel: string; readonly status: string }

const orderOf = async ({ call }: Pick<Person, 'call'>, id: string) =>
  successOf(await call('GET', `/orders/${id}`), 200).body.data

/** An order, once all of its refunds have ended. */
const refunded = (person: Pick<Person, 'call'>, id: string, status: string) =>
  until(
    () => orderOf(person, id),
    (order) =>
      order.status === status &&
      order.refunds.every((refund: { status: string }) => refund.status !== 'PENDING'),
  )

/** A user's notifications about refunds and returns, by type and channel. */
const notificationsOf = async ({ id, call }: Person): Promise<readonly string[]> => {
  const { body } = successOf(await call('GET', `/notifications/user/${id}?limit=100`), 200)
  const all: readonly Notification[] = body.data.notifications
  return all
    .filter(({ type }) => /refund|return/.test(type))
    .map(({ type, channel, status }) => `${type} ${channel} ${status}`)
    .toSorted()
}

test('an order is refunded in parts and returned, with notifications and socket messages', async () => {
  await using agora = await agoraHere()
  const { shop } = agora
  const ada = await shop.register()
  const { call: admin } = await shop.admin()
  const [lamp, chair] = [await shop.sell(5, 1999, 'Lamp'), await shop.sell(5, 5000, 'Chair')]
  const id = await ada.buy({ [lamp]: 2, [chair]: 1 })
  const { payment } = await ada.settled(id)
  const socket = io(`${shop.url}/orders`, { auth: { token: ada.token }, forceNew: true })
  const pushes: { status: string; refunded?: { amount: number } }[] = []
  const steps: string[] = []
  socket.on('order:status', (message) => void pushes.push(message))
  socket.on('order:saga-step', ({ step }) => void steps.push(step))
  await until(() => socket.connected, Boolean)

  // One lamp is refunded before the order is shipped.
  const items = [{ refId: lamp, quantity: 1 }]
  successOf(await admin('POST', `/orders/${id}/refund`, { items, reason: 'scratched' }), 202)
  await refunded(ada, id, 'PARTLY_REFUNDED')
  await until(
    () => pushes.at(-1),
    (last) => last?.status === 'PARTLY_REFUNDED' && last.refunded?.amount === 1999,
  )
  await until(
    () => steps.at(-1),
    (step) => step === 'RefundSagaCompleted',
  )
  socket.disconnect()
  await until(
    () => shop.stockOf(lamp),
    ({ quantity, available }) => quantity === 4 && available === 4,
  )
  const paid = successOf(await ada.call('GET', `/payments/${payment?.id}`), 200).body.data
  expect(paid).toMatchObject({ status: 'PARTLY_REFUNDED', refunded: { amount: 1999 } })

  // The rest is shipped, and returned.
  successOf(await admin('PUT', `/orders/${id}`, { status: 'SHIPPED' }), 200)
  const asked = await ada.call('POST', `/orders/${id}/returns`, { reason: 'too bright' })
  const path = `/orders/${id}/returns/${successOf(asked, 201).body.data.id}`
  successOf(await admin('POST', `${path}/accept`), 200)
  successOf(await admin('POST', `${path}/receive`, { restock: true }), 200)
  const order = await refunded(ada, id, 'RETURNED')
  expect(order).toMatchObject({ refunded: { amount: 8998 }, payment: { status: 'REFUNDED' } })
  for (const product of [lamp, chair])
    await until(
      () => shop.stockOf(product),
      ({ quantity, reserved }) => quantity === 5 && reserved === 0,
    )
  expect((await ledgerOf(agora.postgresUrl)).balance).toBe(0)
  await until(
    () => notificationsOf(ada),
    (sent) => sent.length === 8 && sent.every((one) => one.endsWith('SENT')),
  )
  const { events, saga } = (await ada.call('GET', `/orders/${id}/history`)).body.data
  const types = events.map(({ type }: { type: string }) => type)
  expect(types.filter((type: string) => type === 'OrderRefunded')).toHaveLength(2)
  expect(types).toContain('OrderReturnReceived')
  expect(saga.at(-1).step).toMatch(/^RefundSaga/)
  expect(JSON.stringify(events)).not.toContain('too bright')
})

test('concurrent refunds never return more than was paid', async () => {
  await using agora = await agoraHere()
  const { shop } = agora
  const ada = await shop.register()
  const { call: admin } = await shop.admin()
  const lamp = await shop.sell(4, 1000)
  const id = await ada.buy({ [lamp]: 4 })
  const { payment } = await ada.settled(id)
  const replies = await Promise.all(
    Array.from({ length: 12 }, (_, nth) =>
      nth % 2 === 0
        ? admin('POST', `/orders/${id}/refund`, { items: [{ line: 0, quantity: 1 }] })
        : admin('POST', `/payments/${payment?.id}/refund`, {
            amount: { amount: 700, currency: 'EUR' },
          }),
    ),
  )
  expect(replies.filter(({ status }) => ![202, 409].includes(status))).toEqual([])
  successOf(await admin('POST', `/orders/${id}/refund`, {}), 202)
  expect(await refunded(ada, id, 'REFUNDED')).toMatchObject({ refunded: { amount: 4000 } })
  const { balance, refunds } = await ledgerOf(agora.postgresUrl)
  expect(balance).toBe(0)
  const back = refunds.get(payment?.id ?? '') ?? []
  expect(back.reduce((sum, { amount }) => sum + amount, 0)).toBe(4000)
  await until(
    () => shop.stockOf(lamp),
    ({ quantity, available }) => quantity === 4 && available === 4,
  )
})

test('kill -9 in the middle of refunds: money and pieces are returned once', async () => {
  await using data = await temporaryData()
  let credentials
  let lamp = ''
  const ids: string[] = []
  {
    await using agora = await startAgora(data.path)
    const ada = await agora.shop.register('ada')
    credentials = ada
    lamp = await agora.shop.sell(20, 1000)
    for (let nth = 0; nth < 10; nth++) ids.push(await ada.buy({ [lamp]: 2 }))
    for (const id of ids) expect((await ada.settled(id)).status).toBe('CONFIRMED')
    const { call: admin } = await agora.shop.admin()
    const ask = (id: string, nth: number) =>
      admin('POST', `/orders/${id}/refund`, {
        restock: true,
        ...(nth % 2 === 0 && { items: [{ line: 0, quantity: 1 }] }),
      })
    const replies = await Promise.all(ids.map(ask))
    for (const reply of replies) successOf(reply, 202)
    await agora.kill()
  }
  await using agora = await startAgora(data.path)
  const ada = await agora.shop.signIn(credentials)
  for (const [nth, id] of ids.entries())
    await refunded(ada, id, nth % 2 === 0 ? 'PARTLY_REFUNDED' : 'REFUNDED')
  // Five refunds of one lamp, five of two.
  await until(
    () => agora.shop.stockOf(lamp),
    ({ quantity, available }) => quantity === 15 && available === 15,
  )
  expect((await ledgerOf(data.path)).balance).toBe(10 * 2000 - 15 * 1000)
  await until(
    () => notificationsOf(ada),
    (sent) => sent.length === 20,
  )
  const { call: admin } = await agora.shop.admin()
  expect((await admin('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])
  const history = await admin('GET', `/analytics/streams/inventory-${lamp}/events?count=1000`)
  const returned = history.body.data.events.filter(
    ({ type }: { type: string }) => type === 'StockReturned',
  )
  expect(returned).toHaveLength(10)
})
