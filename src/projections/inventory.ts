import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { stock } from '../domains/inventory/language.ts'
import { ProductId } from '../domains/shared/index.ts'

/** Pieces of each product: all, reserved and available. */
export const inventory = projection({
  name: 'inventory',
  version: 3,
  store: 'postgres',
  within: 1_000,
  document: Fields({
    id: ProductId,
    productId: ProductId,
    quantity: Type.Integer(),
    reserved: Type.Integer(),
    available: Type.Integer(),
    /** Revision of its stream, for `If-Match`. */
    revision: Type.Integer(),
    updatedAt: Timestamp,
  }),
  from: [stock],
  key: 'id',
  beginsWith: [stock],
}).rules({
  StockInitialized: (_, { id, at, revision, data: { quantity } }) => ({
    id,
    productId: id,
    quantity,
    reserved: 0,
    available: quantity,
    revision,
    updatedAt: at,
  }),
  StockAdjusted: (document, { at, revision, data: { quantity } }) =>
    document && {
      ...document,
      quantity,
      available: quantity - document.reserved,
      revision,
      updatedAt: at,
    },
  StockReserved: (document, { at, revision, data: { quantity } }) =>
    document && {
      ...document,
      reserved: document.reserved + quantity,
      available: document.available - quantity,
      revision,
      updatedAt: at,
    },
  StockDepleted: (document, { revision }) => document && { ...document, revision },
  StockReservationReleased: (document, { at, revision, data: { quantity } }) =>
    document && {
      ...document,
      reserved: document.reserved - quantity,
      available: document.available + quantity,
      revision,
      updatedAt: at,
    },
  StockReturned: (document, { at, revision, data: { quantity } }) =>
    document && {
      ...document,
      quantity: document.quantity + quantity,
      available: document.available + quantity,
      revision,
      updatedAt: at,
    },
  StockCommitted: (document, { at, revision, data: { quantity } }) =>
    document && {
      ...document,
      quantity: document.quantity - quantity,
      reserved: document.reserved - quantity,
      revision,
      updatedAt: at,
    },
})
