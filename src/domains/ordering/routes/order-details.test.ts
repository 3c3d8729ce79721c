import { expect, test } from 'vitest'
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
  expect(status).toBe(200)
  expect(body.data.order.id).toBe(orderId)
  expect(body.data.summary.id).toBe(orderId)
  expect(body.data.payments).toStrictEqual([])
  expect(body.data.history.events[0].type).toBe('OrderPlaced')
  expect(body.meta.partial).toBeUndefined()
  const other = await world.someone('otto')
  expect((await other.call('GET', `/orders/${orderId}/details`)).status).toBe(403)
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
  expect(status).toBe(200)
  expect(body.data.order.id).toBe(orderId)
  expect(body.data.payments).toBeUndefined()
  expect(body.meta.partial).toStrictEqual(['payments'])
})
