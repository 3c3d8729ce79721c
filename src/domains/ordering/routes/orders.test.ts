import { expect, test } from 'vitest'
import { derivedUuid, streamOf } from '#kernel'
import { httpWorld } from '../../../../test/support/http.ts'
import {
  basketWith,
  lamp,
  move,
  originOfSaga,
  place,
  smallShop,
} from '../../../../test/support/small-shop.ts'

test('an order has the prices of the catalogue, and can be read before the read model has it', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await smallShop(world)
  const { body, headers } = await place(buyer.call, productId)
  const { id } = body.data
  const item = { kind: 'product', refId: productId, name: 'Lamp', quantity: 2, price: lamp.price }
  const total = { amount: 3998, currency: 'EUR' }
  const placed = { id, userId: buyer.id, status: 'PENDING', items: [item], total }
  expect(body.data).toStrictEqual(placed)
  expect(headers.location).toBe(`/api/v1/orders/${id}`)
  expect(headers.etag).toBe('"0"')

  const fresh = await buyer.call('GET', String(headers.location))
  await world.readModels.fold()
  const later = await buyer.call('GET', String(headers.location))
  expect(later.body.data).toStrictEqual(fresh.body.data)
  const { createdAt, updatedAt, revision, ...rest } = later.body.data
  expect(rest).toStrictEqual(placed)
  expect([createdAt, revision]).toStrictEqual([updatedAt, 0])
})

test('an order may have an address, and must have one currency', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await smallShop(world)
  const shippingAddress = {
    line1: '1 Main Street',
    city: 'London',
    postalCode: 'N1',
    country: 'GB',
  }
  const reply = await buyer.call('POST', '/orders', { ...basketWith(productId), shippingAddress })
  await world.readModels.fold()
  const { body } = await buyer.call('GET', String(reply.headers.location))
  expect(body.data.shippingAddress).toStrictEqual(shippingAddress)

  const price = { amount: 1, currency: 'USD' }
  const dollar = await admin('POST', '/products', { ...lamp, price })
  const mixed = await buyer.call('POST', '/orders', {
    ...basketWith(productId),
    items: [...basketWith(productId).items, ...basketWith(dollar.body.data.id).items],
  })
  expect(mixed.status).toBe(400)
  expect(mixed.body.code).toBe('mixed_currencies')
})

test('an order is refused where its total is not the agreed one', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await smallShop(world)
  const order = basketWith(productId)
  const agreedAt = (amount: number) => ({
    ...order,
    agreedTotal: { amount, currency: 'EUR' },
  })
  const refused = await buyer.call('POST', '/orders', agreedAt(3997))
  expect([refused.status, refused.body.code]).toStrictEqual([409, 'price_changed'])
  expect((await buyer.call('POST', '/orders', agreedAt(3998))).status).toBe(202)
})

test('a deleted product cannot be ordered', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await smallShop(world)
  await admin('DELETE', `/products/${productId}`)
  await world.readModels.fold()
  expect((await buyer.call('POST', '/orders', basketWith(productId))).status).toBe(404)
})

test('orders are listed by status and time, the latest first', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await smallShop(world)
  const ids: string[] = []
  for (let count = 0; count < 3; count += 1)
    ids.push((await place(buyer.call, productId)).body.data.id)
  await buyer.call('POST', `/orders/${ids[0]}/cancel`, {})
  const list = async (query: string) => {
    const { body } = await buyer.call('GET', `/orders?minPosition=1&${query}`)
    return body.data.orders.map(({ id }: { id: string }) => id)
  }
  expect((await list('sort=createdAt')).toSorted()).toStrictEqual(ids.toSorted())
  expect(await list('status=CANCELLED')).toStrictEqual([ids[0]])
  expect(await list('to=2020-01-01T00:00:00Z')).toStrictEqual([])
  expect((await list('from=2020-01-01T00:00:00Z')).length).toBe(3)
  expect((await list('limit=2&page=2')).length).toBe(1)
})

test('an order can be cancelled until it is paid', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await smallShop(world)
  const { body } = await place(buyer.call, productId)
  const path = `/orders/${body.data.id}/cancel`
  const cancelled = await buyer.call('POST', path)
  expect(cancelled.status).toBe(200)
  expect(cancelled.body.data.status).toBe('CANCELLED')
  expect((await buyer.call('POST', path)).status).toBe(200)

  // The reason is the same from its own events and from the read model.
  const fresh = await buyer.call('GET', `/orders/${body.data.id}`)
  expect(fresh.body.data.reason).toBe('cancelled_by_user')
  await world.readModels.fold()
  expect((await buyer.call('GET', `/orders/${body.data.id}`)).body.data).toStrictEqual(
    fresh.body.data,
  )

  const second = await place(buyer.call, productId)
  const { id } = second.body.data
  await move(world.deps.executor, id as never, 'ConfirmStock', 'ConfirmOrder')
  const late = await buyer.call('POST', `/orders/${id}/cancel`, { reason: 'too late' })
  expect(late.status).toBe(409)
  expect(late.body.code).toBe('already_confirmed')
  expect(late.body.detail).toMatch(/ask for a return/)
})

test('the shop changes the status of an order step by step only', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await smallShop(world)
  const { body } = await place(buyer.call, productId)
  const { id } = body.data
  const put = (status: string) => admin('PUT', `/orders/${id}`, { status })
  expect((await put('SHIPPED')).body.code).toBe('not_confirmed')
  await move(world.deps.executor, id as never, 'ConfirmStock', 'ConfirmOrder')
  expect((await put('DELIVERED')).body.code).toBe('not_shipped')
  for (const status of ['SHIPPED', 'DELIVERED', 'COMPLETED'])
    expect((await put(status)).body.data.status).toBe(status)
  expect((await put('CANCELLED')).body.code).toBe('already_confirmed')
  for (const status of ['PENDING', 'PAID', 'CONFIRMED', 'LOST']) {
    const reply = await put(status)
    expect(reply.status).toBe(400)
    expect(reply.body.errors[0].field).toBe('status')
  }
  expect((await admin('GET', `/orders/${id}`)).status).toBe(200)
})

test('sellers can neither read nor change orders of other buyers', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await smallShop(world)
  const seller = await world.someone('sam', 'seller')
  const { id } = (await place(buyer.call, productId)).body.data
  for (const way of ['', '/details', '/history'])
    expect((await seller.call('GET', `/orders/${id}${way}`)).status).toBe(403)
  expect((await seller.call('PUT', `/orders/${id}`, { status: 'CANCELLED' })).status).toBe(403)
  await world.readModels.fold()
  expect((await seller.call('GET', `/orders/${id}`)).status).toBe(403)
  expect((await seller.call('GET', '/orders')).body.data.orders).toStrictEqual([])
})

test('the history of an order has all current events and saga steps, without secrets', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await smallShop(world)
  const shippingAddress = {
    line1: '1 Main Street',
    city: 'London',
    postalCode: 'N1',
    country: 'GB',
  }
  const placed = await buyer.call('POST', '/orders', {
    ...basketWith(productId, 2, 'tok_secret'),
    shippingAddress,
  })
  const { id } = placed.body.data
  await world.log.append(streamOf({ name: 'fulfilment' }, id), 'none', [
    {
      eventId: derivedUuid(id, 'moved'),
      type: 'OrderSagaStarted',
      data: {
        input: { kind: 'event', type: 'OrderPlaced', id: derivedUuid(id) },
        state: { token: 'tok_secret' },
        steps: [
          {
            id: derivedUuid(id, 'step'),
            to: 'inventory',
            target: productId,
            type: 'ReserveStock',
            data: { orderId: id, quantity: 2 },
            wait: 0,
          },
        ],
        ended: false,
      },
      metadata: { ...originOfSaga(), causationId: id, schemaVersion: 1 },
    },
  ])
  const { body, text, headers } = await buyer.call('GET', `/orders/${id}/history`)
  expect(headers.etag).toBe('"0"')
  const [event] = body.data.events
  expect({ type: event.type, revision: event.revision, position: event.position }).toStrictEqual({
    type: 'OrderPlaced',
    revision: 0,
    position: placed.body.meta.position,
  })
  expect(event.data.total.amount).toBe(3998)
  const [{ at, position, ...step }] = body.data.saga
  expect.assert(at && position)
  expect(step).toStrictEqual({
    step: 'OrderSagaStarted',
    input: { kind: 'event', type: 'OrderPlaced' },
    commands: [{ type: 'ReserveStock', to: 'inventory', target: productId, wait: 0 }],
    ended: false,
  })
  for (const secret of ['tok_secret', 'Main Street', 'London'])
    expect.assert(!text.includes(secret))
})
