import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { stock } from '../domains/inventory/index.ts'
import { ProductId } from '../domains/shared/index.ts'

/** How many pieces of each product there are, how many are held for orders, and how many are left. */
export const inventory = projection({
  name: 'inventory',
  store: 'postgres',
  document: Fields({
    id: ProductId,
    productId: ProductId,
    quantity: Type.Integer(),
    reserved: Type.Integer(),
    available: Type.Integer(),
    updatedAt: Timestamp,
  }),
  from: [stock],
  key: ({ id }) => id,
}).rules({
  StockInitialized: (_, { id, at, data: { quantity } }) => ({
    id,
    productId: id,
    quantity,
    reserved: 0,
    available: quantity,
    updatedAt: at,
  }),
  StockAdjusted: (document, { at, data: { quantity } }) =>
    document && {
      ...document,
      quantity,
      available: quantity - document.reserved,
      updatedAt: at,
    },
  StockReserved: (document, { at, data: { quantity } }) =>
    document && {
      ...document,
      reserved: document.reserved + quantity,
      available: document.available - quantity,
      updatedAt: at,
    },
  StockReservationReleased: (document, { at, data: { quantity } }) =>
    document && {
      ...document,
      reserved: document.reserved - quantity,
      available: document.available + quantity,
      updatedAt: at,
    },
  StockCommitted: (document, { at, data: { quantity } }) =>
    document && {
      ...document,
      quantity: document.quantity - quantity,
      reserved: document.reserved - quantity,
      updatedAt: at,
    },
})
