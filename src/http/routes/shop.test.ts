import assert from 'node:assert/strict'
import { test } from 'vitest'
import { derivedUuid, streamOf } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../../test/support/http.ts'
import { order } from '../../domains/ordering/language.ts'
import { payment } from '../../domains/payments/language.ts'
import type { Executor } from '../../platform/runtime/execution.ts'

const lamp = {
  name: 'Lamp',
  description: 'Gives light',
  category: 'lighting',
  price: { amount: 1999, currency: 'EUR' },
}

/** A shop with an admin, a buyer and a lamp. */
const shop = async (world: HttpWorld) => {
  const admin = (await world.someone('root', 'admin')).call
  const buyer = await world.someone('ada')
  const product = await admin('POST', '/products', lamp)
  return { admin, buyer, productId: String(product.body.data.id), product }
}

const basket = (refId: string, quantity = 2, token = 'tok_ok') => ({
  items: [{ kind: 'product', refId, quantity }],
  paymentMethod: { token },
})

const place = async (call: Call, refId: string, quantity = 2) => {
  const reply = await call('POST', '/orders', basket(refId, quantity))
  assert.equal(reply.status, 202, reply.text)
  return reply
}

let sent = 0

/** Does what the saga or a job would. */
const origin = () => {
  const commandId = derivedUuid('test', String((sent += 1)))
  return { commandId, actorId: 'test', correlationId: commandId }
}

const move = async (
  { execute }: Executor,
  id: never,
  ...commands: ('ConfirmStock' | 'ConfirmOrder')[]
) => {
  for (const type of commands) {
    if (type === 'ConfirmOrder')
      await execute(order, id, { type: 'MarkPaid', data: { paymentId: id } }, origin())
    await execute(order, id, { type, data: {} }, origin())
  }
}

test('a product is put on sale, changed and taken off, each at the revision that was seen', async () => {
  await using world = await httpWorld()
  const { admin, product, productId } = await shop(world)
  assert.equal(product.status, 201)
  assert.deepEqual(product.body.data, { id: productId, ...lamp })
  assert.equal(product.headers.etag, '"0"')
  assert.equal(product.headers.location, `/api/v1/products/${productId}`)
  assert.match(product.body.meta.position, /^\d+$/)

  const path = `/products/${productId}`
  const { description: _, ...plain } = lamp
  const cheaper = { ...plain, price: { amount: 999, currency: 'EUR' } }
  const changed = await admin('PUT', path, cheaper, { 'if-match': '"0"' })
  assert.equal(changed.status, 200)
  assert.deepEqual(changed.body.data, { id: productId, ...cheaper })
  assert.equal(changed.headers.etag, '"2"')

  const late = await admin('PUT', path, lamp, { 'if-match': '"0"' })
  assert.equal(late.status, 409)
  assert.equal(late.body.code, 'revision_mismatch')
  assert.match(late.body.detail, /revision 2/)
  for (const tag of ['0', '"x"', '""'])
    assert.equal((await admin('PUT', path, lamp, { 'if-match': tag })).status, 400, tag)

  const { minPosition } = { minPosition: changed.body.meta.position }
  const read = await world.anyone('GET', `${path}?minPosition=${minPosition}`)
  assert.equal(read.body.data.price.amount, 999)
  assert.equal(read.body.data.description, undefined)
  assert.ok(BigInt(read.body.meta.position) >= BigInt(minPosition))

  const deleted = await admin('DELETE', path, undefined, { 'if-match': '*' })
  assert.equal(deleted.status, 200)
  assert.deepEqual(deleted.body.data, { id: productId, deleted: true })
  const { position } = deleted.body.meta
  assert.equal((await world.anyone('GET', `${path}?minPosition=${position}`)).status, 404)
  assert.equal((await admin('PUT', path, lamp)).status, 404)
})

test('what was put on sale a moment ago can be read and ordered at once', async () => {
  await using world = await httpWorld()
  const { admin, buyer } = await shop(world)
  const { body } = await admin('POST', '/products', { ...lamp, name: 'Chair' })
  assert.equal((await place(buyer.call, body.data.id)).body.data.items[0].name, 'Chair')
  const { body: other } = await admin('POST', '/products', lamp)
  assert.equal((await world.anyone('GET', `/products/${other.data.id}`)).status, 200)
  const { body: third } = await admin('POST', '/products', lamp)
  const stock = { quantity: 1, reason: 'x' }
  assert.equal((await admin('PUT', `/inventory/${third.data.id}`, stock)).status, 200)
})

test('products are found by category, price, stock and words, sorted and paged', async () => {
  await using world = await httpWorld()
  const { admin, productId } = await shop(world)
  const chair = { name: 'Chair', category: 'seating', price: { amount: 5000, currency: 'EUR' } }
  const bench = { name: 'Bench', category: 'seating', price: { amount: 9000, currency: 'EUR' } }
  await admin('POST', '/products', chair)
  await admin('POST', '/products', bench)
  await admin('PUT', `/inventory/${productId}`, { quantity: 3, reason: 'delivery' })
  await world.readModels.fold()
  const names = async (query: string) => {
    const { body } = await world.anyone('GET', `/products?${query}`)
    return body.data.products.map(({ name }: { name: string }) => name)
  }
  assert.deepEqual(await names('sort=name'), ['Bench', 'Chair', 'Lamp'])
  assert.deepEqual(await names('sort=-price'), ['Bench', 'Chair', 'Lamp'])
  assert.deepEqual(await names('category=seating&sort=price'), ['Chair', 'Bench'])
  assert.deepEqual(await names('minPrice=2000&maxPrice=5000'), ['Chair'])
  assert.deepEqual(await names('inStock=true'), ['Lamp'])
  assert.deepEqual(await names('inStock=false&sort=name'), ['Bench', 'Chair'])
  assert.deepEqual(await names('q=LIGHT'), ['Lamp'])
  assert.deepEqual(await names('q=%25'), [])
  assert.deepEqual(await names('sort=name&limit=1&page=2'), ['Chair'])
  const { body } = await world.anyone('GET', '/products?limit=2&page=2')
  const { products, ...page } = body.data
  assert.equal(products.length, 1)
  assert.deepEqual(page, { total: 3, page: 2, limit: 2 })
  const categories = await world.anyone('GET', '/products/categories')
  assert.deepEqual(categories.body.data.categories, [
    { name: 'lighting', products: 1 },
    { name: 'seating', products: 2 },
  ])
})

test('stock is set and adjusted, and read back', async () => {
  await using world = await httpWorld()
  const { admin, productId } = await shop(world)
  const path = `/inventory/${productId}`
  assert.deepEqual((await world.anyone('GET', path)).body.data, {
    productId,
    quantity: 0,
    reserved: 0,
    available: 0,
  })
  const set = await admin('PUT', path, { quantity: 5, reason: 'delivery' })
  assert.deepEqual(set.body.data, { productId, quantity: 5, reserved: 0, available: 5 })
  const adjusted = await admin('PUT', path, { delta: -2, reason: 'broken' }, { 'if-match': '"0"' })
  assert.equal(adjusted.body.data.quantity, 3)
  assert.equal(adjusted.headers.etag, '"1"')
  const stale = await admin('PUT', path, { delta: 1, reason: 'x' }, { 'if-match': '"0"' })
  assert.equal(stale.body.code, 'revision_mismatch')
  const { position } = adjusted.body.meta
  const read = await world.anyone('GET', `${path}?minPosition=${position}`)
  assert.equal(read.body.data.available, 3)

  const check = (quantity: number) =>
    world.anyone('POST', '/inventory/check', { items: [{ productId, quantity }] })
  assert.equal((await check(3)).body.data.available, true)
  const tooMany = await check(4)
  assert.equal(tooMany.status, 200)
  assert.deepEqual(tooMany.body.data, {
    available: false,
    items: [{ productId, requested: 4, available: 3, ok: false }],
  })
  const twice = await world.anyone('POST', '/inventory/check', {
    items: [
      { productId, quantity: 2 },
      { productId, quantity: 2 },
    ],
  })
  assert.equal(twice.body.data.available, false)
})

test('an order is accepted at the prices of the catalogue, and can be read before any read model knows it', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await shop(world)
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

test('an order may go to an address, and may not mix currencies', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await shop(world)
  const shippingAddress = {
    line1: '1 Main Street',
    city: 'London',
    postalCode: 'N1',
    country: 'GB',
  }
  const reply = await buyer.call('POST', '/orders', { ...basket(productId), shippingAddress })
  await world.readModels.fold()
  const { body } = await buyer.call('GET', String(reply.headers.location))
  assert.deepEqual(body.data.shippingAddress, shippingAddress)

  const price = { amount: 1, currency: 'USD' }
  const dollar = await admin('POST', '/products', { ...lamp, price })
  const mixed = await buyer.call('POST', '/orders', {
    ...basket(productId),
    items: [...basket(productId).items, ...basket(dollar.body.data.id).items],
  })
  assert.equal(mixed.status, 400)
  assert.equal(mixed.body.code, 'mixed_currencies')
})

test('what was taken off sale cannot be ordered', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await shop(world)
  await admin('DELETE', `/products/${productId}`)
  await world.readModels.fold()
  assert.equal((await buyer.call('POST', '/orders', basket(productId))).status, 404)
})

test('orders are listed by status and time, the latest first', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await shop(world)
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

test('an order can be called off until it is paid', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await shop(world)
  const { body } = await place(buyer.call, productId)
  const path = `/orders/${body.data.id}/cancel`
  const cancelled = await buyer.call('POST', path)
  assert.equal(cancelled.status, 200)
  assert.equal(cancelled.body.data.status, 'CANCELLED')
  assert.equal((await buyer.call('POST', path)).status, 200)

  // Why it ended is told by its own events as it is by the read model.
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

test('the shop moves an order on, step by step, and no other way', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await shop(world)
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

test('who sells things of their own neither sees nor moves what others bought of the shop', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await shop(world)
  const seller = await world.someone('sam', 'seller')
  const { id } = (await place(buyer.call, productId)).body.data
  for (const way of ['', '/details', '/history'])
    assert.equal((await seller.call('GET', `/orders/${id}${way}`)).status, 403)
  assert.equal((await seller.call('PUT', `/orders/${id}`, { status: 'CANCELLED' })).status, 403)
  await world.readModels.fold()
  assert.equal((await seller.call('GET', `/orders/${id}`)).status, 403)
  assert.deepEqual((await seller.call('GET', '/orders')).body.data.orders, [])
})

test('an order’s history tells every event and every step of the saga, never behind, without secrets', async () => {
  await using world = await httpWorld()
  const { buyer, productId } = await shop(world)
  const shippingAddress = {
    line1: '1 Main Street',
    city: 'London',
    postalCode: 'N1',
    country: 'GB',
  }
  const placed = await buyer.call('POST', '/orders', {
    ...basket(productId, 2, 'tok_secret'),
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
      metadata: { ...origin(), causationId: id, schemaVersion: 1 },
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

test('an order that waits for its money can be paid, for what it costs', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await shop(world)
  const { body } = await place(buyer.call, productId)
  const { id: orderId, total } = body.data
  const pay = (change: object) =>
    buyer.call('POST', '/payments', {
      orderId,
      method: { token: 'tok_ok' },
      amount: total,
      ...change,
    })

  const wrong = await pay({ amount: { amount: 1, currency: 'EUR' } })
  assert.equal(wrong.status, 400)
  assert.equal(wrong.body.errors[0].field, 'amount')
  assert.equal((await buyer.call('GET', `/payments/order/${orderId}`)).body.data.payments.length, 0)

  const paid = await pay({})
  assert.equal(paid.status, 202, paid.text)
  const { id } = paid.body.data
  assert.deepEqual(paid.body.data, { id, orderId, status: 'PENDING', amount: total })
  assert.equal(
    (await pay({ method: { token: 'tok_other' } })).body.meta.position,
    paid.body.meta.position,
  )

  const { executor } = world.deps
  const receipt = { provider: 'simulator', providerRef: 'ref-1', attempt: 1 }
  await executor.execute(payment, id, { type: 'CompletePayment', data: receipt }, origin())
  const read = await buyer.call('GET', String(paid.headers.location))
  assert.equal(read.body.data.status, 'COMPLETED')
  assert.equal(read.body.data.providerRef, 'ref-1')
  assert.ok(!read.text.includes('tok_ok'))
  const ofOrder = await buyer.call('GET', `/payments/order/${orderId}`)
  assert.deepEqual(ofOrder.body.data.payments, [read.body.data])
  const mine = await buyer.call('GET', '/payments?status=COMPLETED')
  assert.equal(mine.body.data.total, 1)
  assert.equal((await buyer.call('GET', '/payments?status=FAILED')).body.data.total, 0)

  await move(executor, orderId as never, 'ConfirmStock', 'ConfirmOrder')
  const again = await pay({})
  assert.equal(again.status, 409)
  assert.equal(again.body.code, 'not_payable')

  const refund = await admin('POST', `/payments/${id}/refund`, { reason: 'broken' })
  assert.equal(refund.status, 202)
  assert.deepEqual(refund.body.data, { id, orderId, status: 'REFUND_PENDING', amount: total })
})

test('only money that was taken can be given back', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await shop(world)
  const { body } = await place(buyer.call, productId)
  const { id: orderId, total } = body.data
  const paid = await buyer.call('POST', '/payments', {
    orderId,
    method: { token: 'tok_ok' },
    amount: total,
  })
  const refund = await admin('POST', `/payments/${paid.body.data.id}/refund`, {})
  assert.equal(refund.status, 409)
  assert.equal(refund.body.code, 'not_completed')
})

test('what can be changed says at which revision it is, where it is read', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await shop(world)
  await admin('PUT', `/products/${productId}`, lamp)
  await admin('PUT', `/inventory/${productId}`, { quantity: 5, reason: 'delivery' })
  const { id } = (await place(buyer.call, productId)).body.data
  await world.readModels.fold()
  for (const [path, change] of [
    [`/products/${productId}`, { ...lamp, name: 'Desk lamp' }],
    [`/inventory/${productId}`, { delta: 1, reason: 'found' }],
    [`/orders/${id}`, { status: 'CANCELLED' }],
  ] as const) {
    const { headers } = await admin('GET', path)
    const tag = String(headers.etag)
    const first = await admin('PUT', path, change, { 'if-match': tag })
    assert.equal(first.status, 200, `${path}: ${first.text}`)
    assert.equal((await admin('PUT', path, change, { 'if-match': tag })).status, 409, path)
  }
})
