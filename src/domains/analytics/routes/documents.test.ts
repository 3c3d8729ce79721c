import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId, someMetadata } from '#kernel/testing'
import { identityWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { orders, products } from '../../../projections/index.ts'
import { emailIdOf } from '../../identity/language.ts'
import { OrderId, PaymentId, UserId } from '../../shared/index.ts'
import { documentEvents } from '../services/document-events.ts'

const put = (world: HttpWorld, stream: string, type: string, data: object) =>
  world.log.append(stream, 'any', [{ eventId: randomUUID(), type, data, metadata: someMetadata }])

const price = { amount: 1999, currency: 'EUR' }

/** An order that is placed, has its stock, is paid and confirmed; events of another one are between. */
const someOrder = async (world: HttpWorld) => {
  const id = newId(OrderId)
  const placed = {
    userId: newId(UserId),
    items: [{ kind: 'product', refId: randomUUID(), name: 'Lamp', quantity: 1, price }],
    total: price,
    paymentToken: 'tok_secret_4711',
    shippingAddress: { line1: '1 Main Street', city: 'London', postalCode: 'N1', country: 'GB' },
  }
  await put(world, `order-${id}`, 'OrderPlaced', placed)
  await put(world, `order-${newId(OrderId)}`, 'OrderPlaced', placed)
  await put(world, `order-${id}`, 'OrderStockConfirmed', {})
  const payment = newId(PaymentId)
  await put(world, `payment-${payment}`, 'PaymentInitiated', {
    orderId: id,
    userId: placed.userId,
    amount: price,
    token: 'tok_secret_4711',
    attempt: 1,
  })
  await put(world, `order-${id}`, 'OrderConfirmed', {})
  return { id, payment }
}

type Why = {
  readonly document: unknown
  readonly events: readonly { readonly type: string; readonly stream: string }[]
  readonly fields: readonly { readonly path: string; readonly changedBy: readonly number[] }[]
}

test('an analyst finds the event that a field of a document has its value from', async () => {
  await using world = await identityWorld()
  const ann = await world.someone('ann', 'analyst')
  const { id, payment } = await someOrder(world)
  const { status, body } = await ann.call('GET', `/analytics/documents/orders/${id}/why`)
  expect(status).toBe(200)
  const { document, events, fields }: Why = body.data
  expect(events.map(({ type }) => type)).toStrictEqual([
    'OrderPlaced',
    'OrderStockConfirmed',
    'PaymentInitiated',
    'OrderConfirmed',
  ])
  const typesOf = (path: string) =>
    fields.find((one) => one.path === path)?.changedBy.map((nth) => events[nth]?.type)
  expect(typesOf('/status')?.at(-1)).toBe('OrderConfirmed')
  expect(typesOf('/items/0/name')).toStrictEqual(['OrderPlaced'])
  expect(events[2]?.stream).toBe(`payment-${payment}`)
  expect(JSON.stringify(body)).not.toMatch(/tok_secret|Main Street/)

  // Apart from masked fields, it is the document that is served.
  await world.readModels.fold()
  const { document: served } = await world.readModels.get(orders, id)
  expect(document).toMatchObject({ id, status: served?.status ?? '', total: { ...price } })
  expect(Object.keys(Object(document))).toStrictEqual(Object.keys(Object(served)))
})

test('a document is explained at an earlier position', async () => {
  await using world = await identityWorld()
  const ann = await world.someone('ann', 'analyst')
  const { id } = await someOrder(world)
  const path = `/analytics/documents/orders/${id}/why`
  const { events } = (await ann.call('GET', path)).body.data
  const placed = await ann.call('GET', `${path}?at=${events[0].position}`)
  expect(placed.body.data.events.length).toBe(1)
  expect(placed.body.data.document.status).toBe('PENDING')
  expect((await ann.call('GET', `${path}?at=1`)).status).toBe(404)
  expect((await ann.call('GET', `${path}?at=soon`)).status).toBe(400)
})

test('only analysts and admins have documents explained, of known models and keys', async () => {
  await using world = await identityWorld()
  const { id } = await someOrder(world)
  const path = `/analytics/documents/orders/${id}/why`
  const bob = await world.someone('bob')
  const ann = await world.someone('ann', 'analyst')
  const root = await world.someone('root', 'admin')
  for (const one of [path, '/analytics/documents']) {
    expect((await world.anyone('GET', one)).status).toBe(401)
    expect((await bob.call('GET', one)).status).toBe(403)
    expect((await root.call('GET', one)).status).toBe(200)
  }
  const models = (await ann.call('GET', '/analytics/documents')).body.data.models
  expect(models.map(({ name }: { name: string }) => name)).toContain('orders')
  // Posts replace documents of their authors' followers, so that no document follows from its own events.
  for (const model of ['none', 'feed'])
    expect((await ann.call('GET', `/analytics/documents/${model}/${id}/why`)).status).toBe(404)
  const unknown = await ann.call('GET', `/analytics/documents/orders/${newId(OrderId)}/why`)
  expect([unknown.status, unknown.body.errors[0].field]).toStrictEqual([404, 'key'])
})

test('personal fields are masked, and guesses of them confirm nothing', async () => {
  await using world = await identityWorld()
  const bob = await world.someone('bob')
  const ann = await world.someone('ann', 'analyst')
  const { text } = await ann.call('GET', `/analytics/documents/accounts/${bob.id}/why`)
  expect(text).toMatch(/"exists":true/)
  expect(text).not.toMatch(/bob@example/)
  expect(text).not.toContain(emailIdOf('bob@example.org'))
})

test('the search for the events of a document is bounded', async () => {
  await using world = await identityWorld()
  const { id } = await someOrder(world)
  const { log, deps } = world
  const head = await log.head()
  const find = (
    events: number,
    searched: number,
    key: string = id,
    model: typeof orders = orders,
  ) =>
    documentEvents(model, key, head, {
      log,
      catalogue: deps.catalogue,
      bounds: { events, searched, page: 2 },
    })
  expect((await find(4, 5)).length).toBe(4)
  await expect(find(3, 5)).rejects.toMatchObject({ statusCode: 409, code: 'too_many_events' })
  await expect(find(4, 4)).rejects.toMatchObject({ statusCode: 409, code: 'too_many_events' })
  expect(await find(1, 9, newId(OrderId))).toStrictEqual([])
  expect(
    await documentEvents(products, id, head, { log, catalogue: deps.catalogue }),
  ).toStrictEqual([])
})
