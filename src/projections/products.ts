import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { product } from '../domains/catalog/language.ts'
import { stock } from '../domains/inventory/language.ts'
import { review } from '../domains/reviews/language.ts'
import { RecordedMoney, ProductId, Text } from '../domains/shared/index.ts'
import { rated, Rating, ratedSubject, unrated } from './rating.ts'

/**
 * Products on sale, with price, available pieces and rating.
 * Stock is set only for products on sale, so stock events before the product's creation are ignored.
 */
export const products = projection({
  name: 'products',
  version: 5,
  store: 'postgres',
  within: 1_000,
  document: Fields({
    id: ProductId,
    name: Text(1, 255),
    description: Type.Optional(Text(0, 10_000)),
    price: RecordedMoney,
    /** Available pieces: those that are not reserved. */
    stock: Type.Integer(),
    image: Type.Optional(Text(1, 2_000)),
    category: Text(1, 100),
    /** Of one piece, in grams. */
    weight: Type.Optional(Type.Integer()),
    rating: Rating,
    /** Revision of its stream, for `If-Match`. */
    revision: Type.Integer(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [product, stock, review],
  key: (event) => ratedSubject(event, 'product'),
  beginsWith: [product],
  indexes: [['category', 'createdAt'], ['createdAt'], ['name']],
  containing: ['name', 'description'],
}).rules({
  ProductCreated: (_, { id, at, revision, data }) => ({
    id,
    ...data,
    category: data.category.normalize('NFC'),
    stock: 0,
    rating: unrated,
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
      rating: document.rating,
      createdAt: document.createdAt,
      revision,
      updatedAt: at,
    },
  ProductPriceChanged: (document, { at, revision, data: { price } }) =>
    document && { ...document, price, revision, updatedAt: at },
  ProductImageDropped: (document, { revision }) => document && { ...document, revision },
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

  ReviewCreated: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewUpdated: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewRevealed: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewDeleted: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
})
