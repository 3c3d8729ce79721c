import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { order, OrderItem, OrderStatus } from '../domains/ordering/language.ts'
import { OrderId, RecordedMoney, UserId } from '../domains/shared/index.ts'

/**
 * Orders, searched by the names of their items and by their id. Neither address nor reasons are searched: they are the
 * buyer's.
 */
export const searchOrders = projection({
  name: 'search_orders',
  store: 'elasticsearch',
  document: Fields({
    id: OrderId,
    /** The buyer. */
    userId: UserId,
    status: OrderStatus,
    items: Type.Array(OrderItem),
    /** Names of the items, a line for each. */
    itemNames: Type.String(),
    total: RecordedMoney,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [order],
  key: ({ id }) => id,
  beginsWith: [order],
  search: { fields: ['itemNames', 'id'], newest: 'createdAt' },
}).rules({
  OrderPlaced: (_, { id, at, data: { userId, items, total } }) => ({
    id,
    userId,
    status: 'PENDING',
    items,
    itemNames: items.map(({ name }) => name).join('\n'),
    total,
    createdAt: at,
    updatedAt: at,
  }),
  OrderStockConfirmed: (document, { at }) =>
    document && { ...document, status: 'STOCK_RESERVED', updatedAt: at },
  OrderPaid: (document, { at }) => document && { ...document, status: 'PAID', updatedAt: at },
  OrderConfirmed: (document, { at }) =>
    document && { ...document, status: 'CONFIRMED', updatedAt: at },
  OrderRejected: (document, { at }) =>
    document && { ...document, status: 'REJECTED', updatedAt: at },
  OrderCancelled: (document, { at }) =>
    document && { ...document, status: 'CANCELLED', updatedAt: at },
  OrderShipped: (document, { at }) => document && { ...document, status: 'SHIPPED', updatedAt: at },
  OrderDelivered: (document, { at }) =>
    document && { ...document, status: 'DELIVERED', updatedAt: at },
  OrderCompleted: (document, { at }) =>
    document && { ...document, status: 'COMPLETED', updatedAt: at },
  OrderRefunded: (document, { at, data: { status } }) =>
    document && { ...document, status, updatedAt: at },
  OrderReturnReceived: (document, { at, data: { status } }) =>
    document && { ...document, status, updatedAt: at },
})
