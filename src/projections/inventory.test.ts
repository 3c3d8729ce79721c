import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { stock } from '../domains/inventory/language.ts'
import { OrderId, ProductId } from '../domains/shared/index.ts'
import { inventory } from './inventory.ts'

const id = derivedId(ProductId, 'lamp')
const orderId = derivedId(OrderId, 'order')
const at = '2030-01-07T08:00:00.000Z'
const happened = (type: string, data: object) =>
  recorded(streamOf(stock, id), { type, data }, { at })
const begun = happened('StockInitialized', { quantity: 10 })
const reserved = happened('StockReserved', { orderId, quantity: 4 })

test('initialized stock is available', () =>
  expect(folding(inventory, begun).into(id)).toEqual({
    id,
    productId: id,
    quantity: 10,
    reserved: 0,
    available: 10,
    revision: 0,
    updatedAt: at,
  }))

test.each([
  ['reserved for an order is not available', [reserved], [10, 4, 6]],
  [
    'released is available again',
    [reserved, happened('StockReservationReleased', { orderId, quantity: 4 })],
    [10, 0, 10],
  ],
  [
    'committed is neither counted nor reserved',
    [reserved, happened('StockCommitted', { orderId, quantity: 4 })],
    [6, 0, 6],
  ],
  [
    'returned for a refund is available again',
    [
      reserved,
      happened('StockCommitted', { orderId, quantity: 4 }),
      happened('StockReturned', { orderId, cause: orderId, quantity: 3 }),
    ],
    [9, 0, 9],
  ],
  [
    'adjusted keeps its reservations',
    [reserved, happened('StockAdjusted', { quantity: 5, delta: -5, reason: 'count' })],
    [5, 4, 1],
  ],
])('stock that is %s', (_, events, [quantity, held, available]) =>
  expect(folding(inventory, begun, ...events).into(id)).toMatchObject({
    quantity,
    reserved: held,
    available,
  }),
)
