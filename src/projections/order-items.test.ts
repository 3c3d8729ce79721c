import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { order } from '../domains/ordering/index.ts'
import { OrderId, ProductId, UserId } from '../domains/shared/index.ts'
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

test('an order has a document for each of its lines', () => {
  expect(orderItems.keysOf(placed)).toEqual([`${orderId}-0`, `${orderId}-1`])
  expect(folding(orderItems, placed).into(`${orderId}-1`)).toEqual({
    id: `${orderId}-1`,
    orderId,
    productId: derivedId(ProductId, 'Chair'),
    kind: 'product',
    name: 'Chair',
    quantity: 1,
    price: { amount: 5000, currency: 'EUR' },
  })
  expect(folding(orderItems, placed).into(`${orderId}-0`)?.name).toBe('Lamp')
})

test('nothing else that happens to an order concerns its lines', () => {
  const confirmed = recorded(streamOf(order, orderId), { type: 'OrderConfirmed', data: {} })
  expect(orderItems.keysOf(confirmed)).toEqual([])
  expect(orderItems.reads).toEqual(['OrderPlaced'])
})
