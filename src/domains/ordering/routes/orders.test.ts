import assert from 'node:assert/strict'
import { test } from 'vitest'
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
  assert.deepEqual(body.data, placed)
  assert.equal(headers.location, `/api/v1/orders/${id}`)
  assert.equal(headers.etag, '"0"')

  const fresh = await buyer.call('GET', String(headers.location))
  await world.readModels.fold()
  const later = await buyer.call('GET', String(headers.location))
  assert.deepEqual(later.body.data, fresh.body.data)
  const { createdAt, updatedAt, revision, ...rest } = later.body.data
  assert.deepEqual(rest, placed)
  assert.deepEqual([createdAt, revision], [updatedAt, 0])
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
  assert.deepEqual(body.data.shippingAddress, shippingAddress)

  const price = { amount: 1, currency: 'USD' }
  const dollar = await admin('POST', '/products', { ...lamp, price })
  const mixed = await buyer.call('POST', '/orders', {
    ...basketWith(productId),
    items: [...basketWith(productId).items, ...basketWith(dollar.body.data.id).items],
  })
  assert.equal(mixed.status, 400)
  assert.equal(mixed.body.code, 'mixed_currencies')
})

test('a deleted product cannot be ordered', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await smallShop(world)
  await admin('DELETE', `/products/${productId}`)
  await world.readModels.fold()
  assert.equal((await buyer.call('POST', '/orders', basketWith(productId))).status, 404)
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
  assert.deepEqual((await list('sort=createdAt')).toSorted(), ids.toSorted())
  assert.deepEqual(await list('status=CANCELLED'), [ids[0]])
  assert.deepEqual(await list('to=2020-01-01T00:00:00Z'), [])
  assert.equal((await list('from=2020-01-01T00:00:00Z')).length, 3)
  assert.equal((await list('limit=2&page=2')).length, 1)
})

test('an order can be cancelled until it is paid', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await smallShop(world)
  const { body } = await place(buyer.call, productId)
  const path = `/orders/${body.data.id}/cancel`
  const cancelled = await buyer.call('POST', path)
  assert.equal(cancelled.status, 200)
  assert.equal(cancelled.body.data.status, 'CANCELLED')
  assert.equal((await buyer.call('POST', path)).status, 200)

  // The reason is the same from its own events and from the read model.
  const fresh = await buyer.call('GET', `/orders/${body.data.id}`)
  assert.equal(fresh.body.data.reason, 'cancelled_by_user')
  await world.readModels.fold()
  assert.deepEqual((await buyer.call('GET', `/orders/${body.data.id}`)).body.data, fresh.body.data)

  const second = await place(buyer.call, productId)
  const { id } = second.body.data
  await move(world.deps.executor, id as never, 'ConfirmStock', 'ConfirmOrder')
  const late = await buyer.call('POST', `/orders/${id}/cancel`, { reason: 'too late' })
  assert.equal(late.status, 409)
  assert.equal(late.body.code, 'already_confirmed')
  assert.match(late.body.detail, /ask for a return/)
})

test('the shop changes the status of an order step by step only', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await smallShop(world)
  const { body } = await place(buyer.call, productId)
  const { id } = body.data
  const put = (status: string) => admin('PUT', `/orders/${id}`, { status })
  assert.equal((await put('SHIPPED')).body.code, 'not_confirmed')
  await move(world.deps.executor, id as never, 'ConfirmStock', 'ConfirmOrder')
  assert.equal((await put('DELIVERED')).body.code, 'not_shipped')
  for (const status of ['SHIPPED', 'DELIVERED', 'COMPLETED'])
    assert.equal((await put(status)).body.data.status, status)
  assert.equal((await put('CANCELLED')).body.code, 'already_confirmed')
  for (const status of ['PENDING', 'PAID', 'CONFIRMED', 'LOST']) {
    const reply = await put(status)
    assert.equal(reply.status, 400)
    assert.equal(reply.body.errors[0].field, 'status')
  }
  assert.equal((await admin('GET', `/orders/${id}`)).status, 200)
})

test('sellers can neither read nor change orders of other buyers', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await smallShop(world)
  const seller = await world.someone('sam', 'seller')
  const { id } = (await place(buyer.call, productId)).body.data
  for (const way of ['', '/details', '/history'])
    assert.equal((await seller.call('GET', `/orders/${id}${way}`)).status, 403)
  assert.equal((await seller.call('PUT', `/orders/${id}`, { status: 'CANCELLED' })).status, 403)
  await world.readModels.fold()
  assert.equal((await seller.call('GET', `/orders/${id}`)).status, 403)
  assert.deepEqual((await seller.call('GET', '/orders')).body.data.orders, [])
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
  assert.equal(headers.etag, '"0"')
  const [event] = body.data.events
  assert.deepEqual(
    { type: event.type, revision: event.revision, position: event.position },
    { type: 'OrderPlaced', revision: 0, position: placed.body.meta.position },
  )
  assert.equal(event.data.total.amount, 3998)
  const [{ at, position, ...step }] = body.data.saga
  assert.ok(at && position)
  assert.deepEqual(step, {
    step: 'OrderSagaStarted',
    input: { kind: 'event', type: 'OrderPlaced' },
    commands: [{ type: 'ReserveStock', to: 'inventory', target: productId, wait: 0 }],
    ended: false,
  })
  for (const secret of ['tok_secret', 'Main Street', 'London']) assert.ok(!text.includes(secret))
})
