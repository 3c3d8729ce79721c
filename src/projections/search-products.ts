import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { product } from '../domains/catalog/language.ts'
import { stock } from '../domains/inventory/language.ts'
import { ProductId, RecordedMoney, Text } from '../domains/shared/index.ts'

/** Products on sale, searched by name and description. */
export const searchProducts = projection({
  name: 'search_products',
  store: 'elasticsearch',
  within: 5_000,
  document: Fields({
    id: ProductId,
    name: Text(1, 255),
    description: Type.Optional(Text(0, 10_000)),
    price: RecordedMoney,
    /** Available pieces: those that are not reserved. */
    stock: Type.Integer(),
    inStock: Type.Boolean(),
    image: Type.Optional(Text(1, 2_000)),
    category: Text(1, 100),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [product, stock],
  key: 'id',
  beginsWith: [product],
  search: {
    fields: ['name', 'description'],
    newest: 'createdAt',
    facets: {
      category: { field: 'category' },
      /** In minor units. */
      price: {
        field: 'price.amount',
        ranges: [
          { to: 1_000 },
          { from: 1_000, to: 2_500 },
          { from: 2_500, to: 5_000 },
          { from: 5_000, to: 10_000 },
          { from: 10_000, to: 50_000 },
          { from: 50_000 },
        ],
      },
      inStock: { field: 'inStock' },
    },
  },
}).rules({
  ProductCreated: (_, { id, at, data }) => ({
    id,
    ...data,
    category: data.category.normalize('NFC'),
    stock: 0,
    inStock: false,
    createdAt: at,
    updatedAt: at,
  }),
  ProductUpdated: (document, { at, data }) =>
    document && {
      id: document.id,
      ...data,
      category: data.category.normalize('NFC'),
      price: document.price,
      stock: document.stock,
      inStock: document.inStock,
      createdAt: document.createdAt,
      updatedAt: at,
    },
  ProductPriceChanged: (document, { at, data: { price } }) =>
    document && { ...document, price, updatedAt: at },
  ProductDeleted: () => undefined,

  StockInitialized: (document, { data: { quantity } }) => document && withStock(document, quantity),
  StockAdjusted: (document, { data: { delta } }) =>
    document && withStock(document, document.stock + delta),
  StockReserved: (document, { data: { quantity } }) =>
    document && withStock(document, document.stock - quantity),
  StockReservationReleased: (document, { data: { quantity } }) =>
    document && withStock(document, document.stock + quantity),
  StockReturned: (document, { data: { quantity } }) =>
    document && withStock(document, document.stock + quantity),
})

const withStock = <D extends object>(document: D, stock: number) => ({
  ...document,
  stock,
  inStock: stock > 0,
})
