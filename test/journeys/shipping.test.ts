import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { io } from 'socket.io-client'
import { agoraHere, ledgerOf, type AgoraHere } from '../support/agora.ts'
import type { Reply } from '../support/http.ts'
import { basketOf, successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { signedDelivery, type Delivery } from '../support/webhooks.ts'

const secrets = { post: 'the secret of the post', courier: 'the secret of the courier' }
const paymentSecret = 'the secret of the payment provider'
const shippingAddress = {
  name: 'Ada Lovelace',
  line1: '1 Main St',
  city: 'Bath',
  postalCode: 'BA1 1AA',
  country: 'GB',
}
const destination = { country: 'GB', postalCode: 'ba11aa' }

let agora: AgoraHere
let admin: Person
beforeAll(async () => {
  agora = await agoraHere({
    SHIPPING_WEBHOOK_SECRET: JSON.stringify(secrets),
    PAYMENT_WEBHOOK_SECRET: paymentSecret,
  })
  admin = await agora.shop.admin()
})
afterAll(() => agora[Symbol.asyncDispose]())

const data = async ({ call }: Pick<Person, 'call'>, path: string) =>
  successOf(await call('GET', path), 200).body.data

/** An order once it has a status. */
const orderAt = (person: Person, id: string, status: string) =>
  until(
    () => data(person, `/orders/${id}`),
    (order) => order.status === status,
  )

/** The shipment of an order, once it is there. */
const shipmentOf = async (person: Person, orderId: string) => {
  const { shipments } = await until(
    () => data(person, `/shipping/order/${orderId}`),
    ({ shipments: found }) => found.length === 1,
  )
  return shipments[0]
}

/** Orders with the quote of a method. @returns the ids of the order and its shipment, once both are there */
const bought = async (buyer: Person, productId: string, method = 'standard') => {
  const items = [{ refId: productId, quantity: 2 }]
  const { body } = successOf(
    await buyer.call('POST', '/shipping/quotes', { items, destination }),
    200,
  )
  const quote = body.data.quotes.find((one: { method: string }) => one.method === method)
  const basket = {
    ...basketOf({ [productId]: 2 }),
    shippingAddress,
    shipping: { quoteId: quote.id },
  }
  const { id } = successOf(await buyer.call('POST', '/orders', basket), 202).body.data
  const order = await orderAt(buyer, id, 'CONFIRMED')
  return { id, order, quote, shipment: await shipmentOf(buyer, id) }
}

const report = async (shipmentId: string, status: string, more: object = {}) => {
  const path = `/shipping/shipments/${shipmentId}/status`
  return successOf(await admin.call('PUT', path, { status, ...more }), 200).body.data
}

/** Delivers a webhook over HTTP. */
const delivered = async (
  path: string,
  delivery: Delivery,
): Promise<Pick<Reply, 'status' | 'body'>> => {
  const { text, headers } = signedDelivery(delivery)
  const url = `${agora.shop.url}/api/v1${path}`
  const response = await fetch(url, { method: 'POST', body: text, headers })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const newsOf = async ({ id, call }: Person) => {
  const { body } = successOf(await call('GET', `/notifications/user/${id}?limit=100`), 200)
  return body.data.notifications.map(({ type }: { type: string }) => type)
}

test('an order with a quote is delivered, each step on the socket and by notifications', async () => {
  const ada = await agora.shop.register()
  const socket = io(`${agora.shop.url}/orders`, { auth: { token: ada.token }, forceNew: true })
  const pushes: { status: string; orderId: string; shipmentId: string; tracking?: string }[] = []
  socket.on('shipment:status', (message) => void pushes.push(message))
  await until(() => socket.connected, Boolean)

  const lamp = await agora.shop.sell(5, 1999, 'Lamp')
  const { id, order, quote, shipment } = await bought(ada, lamp)
  expect(quote.cost).toEqual({ amount: 1_390, currency: 'EUR' })
  expect(order).toMatchObject({
    total: { amount: 2 * 1999 + 1_390, currency: 'EUR' },
    shipping: { carrier: 'post', method: 'standard', cost: quote.cost },
  })
  expect(shipment).toMatchObject({
    orderId: id,
    status: 'CREATED',
    carrier: 'post',
    method: 'standard',
    cost: quote.cost,
    tracking: expect.stringMatching(/^AG/),
  })
  const path = `/shipping/shipments/${shipment.id}`
  expect((await data(ada, path)).address).toEqual(shippingAddress)

  await report(shipment.id, 'DISPATCHED', { tracking: 'POST-1' })
  await orderAt(ada, id, 'SHIPPED')
  await report(shipment.id, 'IN_TRANSIT')
  await report(shipment.id, 'DELIVERED', { note: 'left with a neighbour' })
  await orderAt(ada, id, 'DELIVERED')
  const last = await until(
    () => pushes.at(-1),
    (push) => push?.status === 'DELIVERED',
  )
  socket.disconnect()
  expect(last).toMatchObject({ orderId: id, shipmentId: shipment.id, tracking: 'POST-1' })
  const seen = pushes.map(({ status }) => status)
  const steps = ['CREATED', 'DISPATCHED', 'IN_TRANSIT', 'DELIVERED']
  expect(seen).toEqual(seen.toSorted((a, b) => steps.indexOf(a) - steps.indexOf(b)))
  await until(
    () => newsOf(ada),
    (news) => ['order_shipped', 'order_delivered'].every((type) => news.includes(type)),
  )
  expect(await data(ada, path)).toMatchObject({ status: 'DELIVERED', tracking: 'POST-1' })
  await until(
    () => data(ada, `/orders/${id}`),
    (one) => one.shipment.status === 'DELIVERED',
  )

  const stranger = await agora.shop.register()
  expect((await stranger.call('GET', path)).status).toBe(403)
  expect((await stranger.call('GET', `/shipping/order/${id}`)).status).toBe(403)
})

test('a parcel that fails twice is returned: all money and all pieces are back', async () => {
  const ada = await agora.shop.register()
  const before = (await ledgerOf(agora.postgresUrl)).balance
  const lamp = await agora.shop.sell(5, 1999, 'Lamp')
  const { id, order, shipment } = await bought(ada, lamp, 'express')
  expect((await ledgerOf(agora.postgresUrl)).balance - before).toBe(order.total.amount)
  await report(shipment.id, 'FAILED')
  await orderAt(ada, id, 'SHIPPED')
  await until(
    () => newsOf(ada),
    (news) => news.includes('order_undelivered'),
  )
  await report(shipment.id, 'IN_TRANSIT')
  await report(shipment.id, 'FAILED')
  const returned = await until(
    () => data(ada, `/orders/${id}`),
    ({ status, payment, refunded }) =>
      status === 'RETURNED' && payment.status === 'REFUNDED' && refunded !== undefined,
  )
  expect(returned).toMatchObject({ refunded: order.total, shipment: { status: 'RETURNED' } })
  await until(
    () => agora.shop.stockOf(lamp),
    ({ quantity, reserved }) => quantity === 5 && reserved === 0,
  )
  expect((await ledgerOf(agora.postgresUrl)).balance).toBe(before)
  await until(
    () => newsOf(ada),
    (news) => news.includes('return_received'),
  )
})

test('an order without a quote has a free shipment; moved by hand, the order takes it along', async () => {
  const ada = await agora.shop.register()
  const lamp = await agora.shop.sell(5)
  const id = await ada.buy({ [lamp]: 1 })
  await orderAt(ada, id, 'CONFIRMED')
  const shipment = await shipmentOf(ada, id)
  expect(shipment).toMatchObject({
    carrier: 'post',
    method: 'standard',
    cost: { amount: 0, currency: 'EUR' },
  })
  const body = { orderId: id, method: 'express' }
  const found = successOf(await admin.call('POST', '/shipping/shipments', body), 200)
  expect(found.body.data).toMatchObject({ id: shipment.id, carrier: 'courier' })
  for (const [status, expected] of [
    ['SHIPPED', 'DISPATCHED'],
    ['DELIVERED', 'DELIVERED'],
  ]) {
    successOf(await admin.call('PUT', `/orders/${id}`, { status }), 200)
    await until(
      () => shipmentOf(ada, id),
      (one) => one.status === expected,
    )
  }
})

test('an order that is refunded before its dispatch is never dispatched', async () => {
  const ada = await agora.shop.register()
  const lamp = await agora.shop.sell(5)
  const { id, order, shipment } = await bought(ada, lamp)
  const refund = { reason: 'sold out after all' }
  successOf(await admin.call('POST', `/orders/${id}/refund`, refund), 202)
  const path = `/shipping/shipments/${shipment.id}/status`
  const early = await admin.call('PUT', path, { status: 'DISPATCHED' })
  expect(early.status).toBe(409)
  const refunded = await orderAt(ada, id, 'REFUNDED')
  expect(refunded.refunded).toEqual(order.total)
  await until(
    () => shipmentOf(ada, id),
    ({ status }) => status === 'CANCELLED',
  )
  expect((await admin.call('PUT', path, { status: 'DISPATCHED' })).status).toBe(409)
  await until(
    () => agora.shop.stockOf(lamp),
    ({ quantity }) => quantity === 5,
  )
})

describe('webhooks over HTTP', () => {
  let messages = 0
  const message = (shipmentId: string, status: string, minutesAgo: number) => ({
    id: `msg-${(messages += 1)}`,
    shipmentId,
    status,
    occurredAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
  })
  const told = (carrier: keyof typeof secrets, body: object, more: Partial<Delivery> = {}) =>
    delivered(`/shipping/webhooks/${carrier}`, { body, secret: secrets[carrier], ...more })

  test('of two carriers, out of order and twice, end as in order', async () => {
    const ada = await agora.shop.register()
    const lamp = await agora.shop.sell(9)
    const [post, courier] = [await bought(ada, lamp), await bought(ada, lamp, 'express')]
    const ofPost = [
      message(post.shipment.id, 'DELIVERED', 1),
      message(post.shipment.id, 'DISPATCHED', 9),
      message(post.shipment.id, 'FAILED', 5),
      message(post.shipment.id, 'DELIVERED', 1),
    ]
    const ofCourier = [
      message(courier.shipment.id, 'FAILED', 2),
      message(courier.shipment.id, 'IN_TRANSIT', 4),
      message(courier.shipment.id, 'FAILED', 6),
      message(courier.shipment.id, 'DISPATCHED', 9),
    ]
    for (const nth of [0, 1, 2, 3, 1])
      for (const [carrier, body] of [
        ['post', ofPost[nth]!],
        ['courier', ofCourier[nth]!],
      ] as const)
        expect((await told(carrier, body)).status).toBe(200)
    await orderAt(ada, post.id, 'DELIVERED')
    await orderAt(ada, courier.id, 'RETURNED')
    await until(
      () => agora.shop.stockOf(lamp),
      ({ quantity }) => quantity === 7,
    )
  })

  test('with a bad signature, an old one, or about an unknown shipment move nothing', async () => {
    const ada = await agora.shop.register()
    const lamp = await agora.shop.sell(5)
    const { id, shipment } = await bought(ada, lamp)
    const body = message(shipment.id, 'DISPATCHED', 0)
    expect((await told('post', body, { secret: secrets.courier })).status).toBe(401)
    expect((await told('courier', body)).status).toBe(404)
    const old = new Date(Date.now() - 10 * 60_000)
    const stale = await told('post', body, { at: old })
    expect([stale.status, stale.body.code]).toEqual([401, 'stale_signature'])
    const unknown = { ...body, shipmentId: id }
    expect((await told('post', unknown)).status).toBe(404)
    expect((await shipmentOf(ada, id)).status).toBe('CREATED')

    const failed = message(shipment.id, 'FAILED', 0)
    expect((await told('post', failed)).body.data.applied).toBe(true)
    expect(await told('post', failed)).toMatchObject({
      status: 200,
      body: { data: { received: true, applied: false } },
    })
    const { failures } = await until(
      () => shipmentOf(ada, id),
      ({ status }) => status === 'FAILED',
    )
    expect(failures).toBe(1)
  })

  test('of the payment provider make Agora ask it', async () => {
    const ada = await agora.shop.register()
    const lamp = await agora.shop.sell(5)
    const id = await ada.buy({ [lamp]: 1 }, 'tok_slow')
    const { payment } = await until(
      () => data(ada, `/orders/${id}`),
      (order) => order.payment !== undefined,
    )
    const body = { id: 'evt_1', paymentId: payment.id, amount: { amount: 1, currency: 'EUR' } }
    const path = '/payments/webhooks/simulator'
    const forged = await delivered(path, { body, secret: 'another secret of theirs' })
    expect(forged.status).toBe(401)
    expect((await delivered(path, { body, secret: paymentSecret })).status).toBe(200)
    expect((await delivered(path, { body, secret: paymentSecret })).body.data.applied).toBe(false)
    const { total } = await orderAt(ada, id, 'CONFIRMED')
    const paid = await until(
      () => data(ada, `/payments/${payment.id}`),
      ({ status }) => status === 'COMPLETED',
    )
    expect(paid.amount).toEqual(total)
  })

  test('leave no secret in the log', () => {
    const lines = agora.written.join('')
    for (const secret of [...Object.values(secrets), paymentSecret])
      expect(lines).not.toContain(secret)
  })
})

test('the number and the words of a carrier are gone once the buyer has left', async () => {
  const ada = await agora.shop.register()
  const lamp = await agora.shop.sell(5)
  const { id, shipment } = await bought(ada, lamp)
  const words = { tracking: 'POST-77', note: 'rang at the mill' }
  await report(shipment.id, 'DISPATCHED', words)
  await orderAt(ada, id, 'SHIPPED')
  successOf(await ada.call('DELETE', `/users/${ada.id}`), 202)
  const forgotten = await until(
    () => data(admin, `/shipping/shipments/${shipment.id}`),
    ({ tracking, address }) => tracking === undefined && address === undefined,
  )
  expect(forgotten.note).toBeUndefined()
  // The parcel is still on its way.
  await report(shipment.id, 'DELIVERED', words)
  await orderAt(admin, id, 'DELIVERED')
  const later = await until(
    () => data(admin, `/shipping/shipments/${shipment.id}`),
    ({ status }) => status === 'DELIVERED',
  )
  expect([later.tracking, later.note]).toEqual([undefined, undefined])
})
