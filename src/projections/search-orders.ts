import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import {
  AnyOrderItem,
  AnyOrderStatus,
  forgottenWords,
  gigItemOf,
  gigOrder,
  order,
} from '../domains/ordering/language.ts'
import { itemsWithout } from './gig-work.ts'
import { OrderId, RecordedMoney, UserId } from '../domains/shared/index.ts'

/**
 * Orders, searched by the names of their items and by their id. Neither address nor reasons are searched: they are the
 * buyer's.
 */
export const searchOrders = projection({
  name: 'search_orders',
  version: 2,
  store: 'elasticsearch',
  within: 5_000,
  document: Fields({
    id: OrderId,
    /** The buyer. */
    userId: UserId,
    /** The seller of a gig. */
    sellerId: Type.Optional(UserId),
    status: AnyOrderStatus,
    items: Type.Array(AnyOrderItem),
    /** Names of the items, a line for each. */
    itemNames: Type.String(),
    total: RecordedMoney,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [order, gigOrder],
  key: 'id',
  beginsWith: [order, gigOrder],
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
  GigOrderPlaced: (_, { id, at, data }) => {
    const { userId, sellerId, price: total } = data
    const words = { title: forgottenWords, package: forgottenWords }
    return {
      id,
      userId,
      sellerId,
      status: 'PENDING',
      items: [gigItemOf({ ...data, ...words })],
      itemNames: '',
      total,
      createdAt: at,
      updatedAt: at,
    }
  },
  GigOrderTermsRecorded: (document, { data: { title: name, package: ordered } }) =>
    document && {
      ...document,
      items: document.items.map((item) => ({ ...item, name, package: ordered })),
      itemNames: name,
    },
  GigOrderPartyLeft: (document, { data: { side } }) =>
    side === 'seller' && document
      ? { ...document, items: itemsWithout(document.items), itemNames: '' }
      : document,
  GigOrderStarted: (document, { at }) =>
    document && { ...document, status: 'IN_PROGRESS', updatedAt: at },
  GigOrderDelivered: (document, { at }) =>
    document && { ...document, status: 'DELIVERED', updatedAt: at },
  GigOrderRevisionRequested: (document, { at }) =>
    document && { ...document, status: 'IN_REVISION', updatedAt: at },
  GigOrderCompleted: (document, { at }) =>
    document && { ...document, status: 'COMPLETED', updatedAt: at },
  GigOrderCancelled: (document, { at }) =>
    document && { ...document, status: 'CANCELLED', updatedAt: at },
  GigOrderRefunded: (document, { at, data: { status } }) =>
    document && { ...document, status, updatedAt: at },
})
