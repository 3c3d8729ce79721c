import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { order } from '../domains/ordering/language.ts'
import { OrderId, PaymentId, ProductId, RefundId, UserId } from '../domains/shared/index.ts'
import { searchOrders } from './search-orders.ts'

const id = derivedId(OrderId, 'order')
const userId = derivedId(UserId, 'ada')
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const price = { amount: 1999, currency: 'EUR' }
const itemOf = (name: string) => ({
  kind: 'product' as const,
  refId: derivedId(ProductId, name),
  name,
  quantity: 1,
  price,
})
const items = [itemOf('Lamp'), itemOf('Red chair')]
const total = { amount: 3998, currency: 'EUR' }
const shippingAddress = { line1: '1 Main Street', city: 'Bath', postalCode: 'BA1', country: 'GB' }
const placed = recorded(
  streamOf(order, id),
  { type: 'OrderPlaced', data: { userId, items, total, shippingAddress, paymentToken: 'tok_ok' } },
  { at: monday },
)
const happened = (type: string, data: object = {}) =>
  recorded(streamOf(order, id), { type, data }, { at: tuesday })

test('an order has the names of its items, and neither address nor card', () =>
  expect(folding(searchOrders, placed).into(id)).toEqual({
    id,
    userId,
    status: 'PENDING',
    items,
    itemNames: 'Lamp\nRed chair',
    total,
    createdAt: monday,
    updatedAt: monday,
  }))

const refunded = {
  refundId: derivedId(RefundId, 'refund'),
  userId,
  lines: [{ line: 0, refId: items[0]!.refId, quantity: 1 }],
  amount: price,
  refunded: price,
  restock: [],
  status: 'PARTLY_REFUNDED',
}

test.each([
  ['OrderStockConfirmed', {}, 'STOCK_RESERVED'],
  ['OrderPaid', { paymentId: derivedId(PaymentId, 'payment') }, 'PAID'],
  ['OrderConfirmed', {}, 'CONFIRMED'],
  ['OrderRejected', { reason: 'out_of_stock' }, 'REJECTED'],
  ['OrderCancelled', { reason: 'cancelled_by_user', words: 'too dear', by: 'user' }, 'CANCELLED'],
  ['OrderShipped', {}, 'SHIPPED'],
  ['OrderDelivered', {}, 'DELIVERED'],
  ['OrderCompleted', {}, 'COMPLETED'],
  ['OrderRefunded', refunded, 'PARTLY_REFUNDED'],
])('%s sets the status of an order, and nothing else', (type, data, status) =>
  expect(folding(searchOrders, placed, happened(type, data)).into(id)).toEqual({
    ...folding(searchOrders, placed).into(id),
    status,
    updatedAt: tuesday,
  }),
)
