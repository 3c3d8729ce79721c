import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { product } from '../domains/catalog/language.ts'
import { stock } from '../domains/inventory/language.ts'
import { OrderId, ProductId } from '../domains/shared/index.ts'
import { products } from './products.ts'
import { unrated } from './rating.ts'

const id = derivedId(ProductId, 'lamp')
const orderId = derivedId(OrderId, 'order')
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const price = { amount: 1999, currency: 'EUR' }
const lamp = { name: 'Lamp', description: 'It glows.', category: 'light', price }
const created = recorded(
  streamOf(product, id),
  { type: 'ProductCreated', data: lamp },
  { at: monday },
)
const changed = (type: string, data: object) =>
  recorded(streamOf(product, id), { type, data }, { at: tuesday })
const counted = (type: string, data: object) =>
  recorded(streamOf(stock, id), { type, data }, { at: tuesday })

test('a new product has its details and no stock', () =>
  expect(folding(products, created).into(id)).toEqual({
    id,
    ...lamp,
    stock: 0,
    rating: unrated,
    revision: 0,
    createdAt: monday,
    updatedAt: monday,
  }))

test('an update replaces all details of a product, and nothing else', () =>
  expect(
    folding(
      products,
      created,
      counted('StockInitialized', { quantity: 7 }),
      changed('ProductUpdated', { name: 'Desk lamp', category: 'office' }),
    ).into(id),
  ).toEqual({
    id,
    name: 'Desk lamp',
    category: 'office',
    price,
    stock: 7,
    rating: unrated,
    revision: 0,
    createdAt: monday,
    updatedAt: tuesday,
  }))

test('a product has its current price', () => {
  const dearer = { amount: 2499, currency: 'EUR' }
  expect(
    folding(
      products,
      created,
      changed('ProductPriceChanged', { price: dearer, previous: price }),
    ).into(id)?.price,
  ).toEqual(dearer)
})

test('the stock of a product is the number of available pieces', () => {
  const history = [
    created,
    counted('StockInitialized', { quantity: 0 }),
    counted('StockAdjusted', { quantity: 10, delta: 10, reason: 'delivery' }),
    counted('StockReserved', { orderId, quantity: 4 }),
    counted('StockReserved', { orderId: derivedId(OrderId, 'other'), quantity: 1 }),
    counted('StockReservationReleased', { orderId, quantity: 4 }),
    counted('StockCommitted', { orderId: derivedId(OrderId, 'other'), quantity: 1 }),
    counted('StockReturned', { orderId, cause: orderId, quantity: 1 }),
  ]
  const after = (count: number) => folding(products, ...history.slice(0, count)).into(id)?.stock
  expect([2, 3, 4, 5, 6, 7, 8].map(after)).toEqual([0, 10, 6, 5, 9, 9, 10])
})

test('a deleted product is not restored by events of its stock', () => {
  const gone = changed('ProductDeleted', {})
  expect(folding(products, created, gone).into(id)).toBeUndefined()
  expect(
    folding(products, created, gone, counted('StockReserved', { orderId, quantity: 1 })).into(id),
  ).toBeUndefined()
})
