import assert from 'node:assert/strict'
import { test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { payments } from '../../../projections/index.ts'
import { Unavailable } from '../../../platform/unavailable.ts'

/** A user with an order. */
const buyerOf = async (world: HttpWorld) => {
  const admin = await world.someone('root', 'admin')
  const ada = await world.someone('ada')
  const price = { amount: 1999, currency: 'EUR' }
  const product = await admin.call('POST', '/products', { name: 'Lamp', category: 'x', price })
  const items = [{ kind: 'product', refId: product.body.data.id, quantity: 1 }]
  const { body } = await ada.call('POST', '/orders', { items, paymentMethod: { token: 'tok_ok' } })
  return { ...ada, orderId: body.data.id as string }
}

test('an order is returned with its payments and its history, to its owner only', async () => {
  await using world = await httpWorld()
  const { call, orderId } = await buyerOf(world)
  const { status, body } = await call('GET', `/orders/${orderId}/details`)
  assert.equal(status, 200)
  assert.equal(body.data.order.id, orderId)
  assert.equal(body.data.summary.id, orderId)
  assert.deepEqual(body.data.payments, [])
  assert.equal(body.data.history.events[0].type, 'OrderPlaced')
  assert.equal(body.meta.partial, undefined)
  const other = await world.someone('otto')
  assert.equal((await other.call('GET', `/orders/${orderId}/details`)).status, 403)
})

test('unavailable parts are omitted and named, and the others returned', async () => {
  let away = false
  await using world = await httpWorld()
  const { call, orderId } = await buyerOf(world)
  const { find } = world.readModels
  Object.assign(world.readModels, {
    find: (...asked: Parameters<typeof find>) => {
      if (away && asked[0].name === payments.name) throw new Unavailable('away')
      return find(...asked)
    },
  })
  away = true
  const { status, body } = await call('GET', `/orders/${orderId}/details`)
  assert.equal(status, 200)
  assert.equal(body.data.order.id, orderId)
  assert.equal(body.data.payments, undefined)
  assert.deepEqual(body.meta.partial, ['payments'])
})
