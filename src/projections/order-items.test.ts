import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { order } from '../domains/ordering/language.ts'
import { OrderId, ProductId, RefundId, ReturnId, UserId } from '../domains/shared/index.ts'
import { orderItems } from './order-items.ts'

const orderId = derivedId(OrderId, 'order')
const line = (name: string, quantity: number, amount: number) => ({
  kind: 'product' as const,
  refId: derivedId(ProductId, name),
  name,
  quantity,
  price: { amount, currency: 'EUR' },
})
const placed = recorded(streamOf(order, orderId), {
  type: 'OrderPlaced',
  data: {
    userId: derivedId(UserId, 'ada'),
    items: [line('Lamp', 2, 1999), line('Chair', 1, 5000)],
    total: { amount: 8998, currency: 'EUR' },
    paymentToken: 'tok_ok',
  },
})

test('an order has one document for each of its lines', () => {
  expect(orderItems.keysOf(placed)).toEqual([`${orderId}-0`, `${orderId}-1`])
  expect(folding(orderItems, placed).into(`${orderId}-1`)).toEqual({
    id: `${orderId}-1`,
    orderId,
    productId: derivedId(ProductId, 'Chair'),
    kind: 'product',
    name: 'Chair',
    quantity: 1,
    price: { amount: 5000, currency: 'EUR' },
    refunded: 0,
    returned: 0,
  })
  expect(folding(orderItems, placed).into(`${orderId}-0`)?.name).toBe('Lamp')
})

test('a line has the numbers of its refunded and returned pieces', () => {
  const userId = derivedId(UserId, 'ada')
  const euros = { amount: 1999, currency: 'EUR' }
  const lines = [{ line: 0, refId: derivedId(ProductId, 'Lamp'), quantity: 1 }]
  const data = { userId, lines, restock: [], status: 'PARTLY_REFUNDED' }
  const happened = (type: string, more: object) =>
    recorded(streamOf(order, orderId), { type, data: { ...data, ...more } })
  const refunded = happened('OrderRefunded', {
    refundId: derivedId(RefundId, 'a'),
    amount: euros,
    refunded: euros,
  })
  const returned = happened('OrderReturnReceived', { returnId: derivedId(ReturnId, 'a') })
  expect(orderItems.keysOf(refunded)).toEqual([`${orderId}-0`])
  const after = folding(orderItems, placed, refunded, refunded, returned)
  expect(after.into(`${orderId}-0`)).toMatchObject({ quantity: 2, refunded: 2, returned: 1 })
  expect(after.into(`${orderId}-1`)).toMatchObject({ refunded: 0, returned: 0 })
})

test('other events of an order do not change its lines', () => {
  const confirmed = recorded(streamOf(order, orderId), { type: 'OrderConfirmed', data: {} })
  expect(orderItems.keysOf(confirmed)).toEqual([])
  const own = orderItems.reads.filter((type) => type in order.events)
  expect(own).toEqual(['OrderPlaced', 'OrderRefunded', 'OrderReturnReceived'])
})
