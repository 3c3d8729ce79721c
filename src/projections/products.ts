import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { product } from '../domains/catalog/language.ts'
import { stock } from '../domains/inventory/language.ts'
import { RecordedMoney, ProductId, Text } from '../domains/shared/index.ts'

/**
 * Products on sale, with price and available pieces.
 * Stock is set only for products on sale, so stock events before the product's creation are ignored.
 */
export const products = projection({
  name: 'products',
  version: 3,
  store: 'postgres',
  document: Fields({
    id: ProductId,
    name: Text(1, 255),
    description: Type.Optional(Text(0, 10_000)),
    price: RecordedMoney,
    /** Available pieces: those that are not reserved. */
    stock: Type.Integer(),
    image: Type.Optional(Text(1, 2_000)),
    category: Text(1, 100),
    /** Revision of its stream, for `If-Match`. */
    revision: Type.Integer(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [product, stock],
  key: ({ id }) => id,
  beginsWith: [product],
  indexes: [['category', 'createdAt'], ['createdAt'], ['name']],
  containing: ['name', 'description'],
}).rules({
  ProductCreated: (_, { id, at, revision, data }) => ({
    id,
    ...data,
    category: data.category.normalize('NFC'),
    stock: 0,
    createdAt: at,
    revision,
    updatedAt: at,
  }),
  ProductUpdated: (document, { at, revision, data }) =>
    document && {
      id: document.id,
      ...data,
      category: data.category.normalize('NFC'),
      price: document.price,
      stock: document.stock,
      createdAt: document.createdAt,
      revision,
      updatedAt: at,
    },
  ProductPriceChanged: (document, { at, revision, data: { price } }) =>
    document && { ...document, price, revision, updatedAt: at },
  ProductDeleted: () => undefined,

  StockInitialized: (document, { data: { quantity } }) =>
    document && { ...document, stock: quantity },
  StockAdjusted: (document, { data: { delta } }) =>
    document && { ...document, stock: document.stock + delta },
  StockReserved: (document, { data: { quantity } }) =>
    document && { ...document, stock: document.stock - quantity },
  StockReservationReleased: (document, { data: { quantity } }) =>
    document && { ...document, stock: document.stock + quantity },
  StockReturned: (document, { data: { quantity } }) =>
    document && { ...document, stock: document.stock + quantity },
})
