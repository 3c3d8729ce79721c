import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { product } from '../domains/catalog/language.ts'
import { stock } from '../domains/inventory/language.ts'
import { OrderId, ProductId } from '../domains/shared/index.ts'
import { searchProducts } from './search-products.ts'

const id = derivedId(ProductId, 'lamp')
const orderId = derivedId(OrderId, 'order')
const monday = '2030-01-07T08:00:00.000Z'
const price = { amount: 1999, currency: 'EUR' }
const lamp = { name: 'Lamp', description: 'It glows.', category: 'light', price }
const catalogued = (type: string, data: object) =>
  recorded(streamOf(product, id), { type, data }, { at: monday })
const counted = (type: string, data: object) =>
  recorded(streamOf(stock, id), { type, data }, { at: monday })
const created = catalogued('ProductCreated', lamp)

test('a product has its current details and price', () => {
  expect(folding(searchProducts, created).into(id)).toEqual({
    id,
    ...lamp,
    stock: 0,
    inStock: false,
    createdAt: monday,
    updatedAt: monday,
  })
  const dearer = { amount: 2499, currency: 'EUR' }
  expect(
    folding(
      searchProducts,
      created,
      catalogued('ProductPriceChanged', { price: dearer, previous: price }),
      catalogued('ProductUpdated', { name: 'Desk lamp', category: 'office' }),
    ).into(id),
  ).toEqual({
    id,
    name: 'Desk lamp',
    category: 'office',
    price: dearer,
    stock: 0,
    inStock: false,
    createdAt: monday,
    updatedAt: monday,
  })
})

test('a product is in stock while there are pieces that are not reserved', () => {
  const history = [
    created,
    counted('StockInitialized', { quantity: 2 }),
    counted('StockReserved', { orderId, quantity: 2 }),
    counted('StockReservationReleased', { orderId, quantity: 1 }),
    counted('StockAdjusted', { quantity: 1, delta: -1, reason: 'lost' }),
    counted('StockReturned', { orderId, cause: orderId, quantity: 1 }),
  ]
  const after = (count: number) => {
    const document = folding(searchProducts, ...history.slice(0, count)).into(id)
    return [document?.stock, document?.inStock]
  }
  expect([1, 2, 3, 4, 5, 6].map(after)).toEqual([
    [0, false],
    [2, true],
    [0, false],
    [1, true],
    [0, false],
    [1, true],
  ])
})

test('a deleted product is removed, and not restored by its stock', () => {
  const deleted = catalogued('ProductDeleted', {})
  const later = counted('StockInitialized', { quantity: 2 })
  expect(folding(searchProducts, created, deleted).into(id)).toBeUndefined()
  expect(folding(searchProducts, created, deleted, later).into(id)).toBeUndefined()
})
