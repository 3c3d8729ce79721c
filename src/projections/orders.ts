import { Type } from 'typebox'
import { categoryOf, Fields, projection, Timestamp } from '#kernel'
import { order, OrderItem, OrderStatus } from '../domains/ordering/index.ts'
import { payment } from '../domains/payments/index.ts'
import {
  RecordedAddress,
  RecordedMoney,
  OrderId,
  PaymentId,
  RecordedReason,
  UserId,
} from '../domains/shared/index.ts'
import { calledOff, PaymentStatus } from './payment-status.ts'

/** Every order with its lines, where it stands, why it ended as it did, and how its payment is doing. */
export const orders = projection({
  name: 'orders',
  version: 4,
  store: 'postgres',
  document: Fields({
    id: OrderId,
    userId: UserId,
    status: OrderStatus,
    items: Type.Array(OrderItem),
    total: RecordedMoney,
    /** Why it was rejected or called off. */
    reason: Type.Optional(RecordedReason),
    payment: Type.Optional(Fields({ id: PaymentId, status: PaymentStatus })),
    shippingAddress: Type.Optional(RecordedAddress),
    /** Of its stream: for `If-Match`. */
    revision: Type.Integer(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [order, payment],
  key: (event) =>
    categoryOf(event.stream) === payment.name && 'orderId' in event.data
      ? event.data.orderId
      : event.id,
  indexes: [['userId', 'createdAt'], ['status', 'createdAt'], ['createdAt']],
}).rules({
  OrderPlaced: (_, { id, at, revision, data: { userId, items, total, shippingAddress } }) => ({
    id,
    userId,
    status: 'PENDING',
    items,
    total,
    ...(shippingAddress && { shippingAddress }),
    createdAt: at,
    revision,
    updatedAt: at,
  }),
  OrderStockConfirmed: (document, { at, revision }) =>
    document && { ...document, status: 'STOCK_RESERVED', revision, updatedAt: at },
  OrderPaid: (document, { at, revision }) =>
    document && { ...document, status: 'PAID', revision, updatedAt: at },
  OrderConfirmed: (document, { at, revision }) =>
    document && { ...document, status: 'CONFIRMED', revision, updatedAt: at },
  OrderRejected: (document, { at, revision, data: { reason } }) =>
    document && { ...document, status: 'REJECTED', reason, revision, updatedAt: at },
  OrderCancelled: (document, { at, revision, data: { reason, words = reason } }) =>
    document && { ...document, status: 'CANCELLED', reason: words, revision, updatedAt: at },
  OrderShipped: (document, { at, revision }) =>
    document && { ...document, status: 'SHIPPED', revision, updatedAt: at },
  OrderDelivered: (document, { at, revision }) =>
    document && { ...document, status: 'DELIVERED', revision, updatedAt: at },
  OrderCompleted: (document, { at, revision }) =>
    document && { ...document, status: 'COMPLETED', revision, updatedAt: at },

  OrderBuyerLeft: (document, { revision }) => document && { ...document, revision },
  OrderAddressForgotten: (document, { revision }) => {
    if (!document) return undefined
    const { shippingAddress: _, reason, ...rest } = { ...document, revision }
    // What was said when it was called off was of its buyer's making.
    return document.status === 'CANCELLED' || reason === undefined ? rest : { ...rest, reason }
  },

  PaymentInitiated: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'PENDING' }, updatedAt: at },
  PaymentCompleted: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'COMPLETED' }, updatedAt: at },
  PaymentFailed: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'FAILED' }, updatedAt: at },
  PaymentVoided: (document, { id, at }) =>
    document?.payment
      ? {
          ...document,
          payment: { id, status: calledOff(document.payment.status) },
          updatedAt: at,
        }
      : document,
  PaymentRefundRequested: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'REFUND_PENDING' }, updatedAt: at },
  PaymentRefunded: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'REFUNDED' }, updatedAt: at },
})
