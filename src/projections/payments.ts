import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { payment } from '../domains/payments/index.ts'
import { Money, OrderId, PaymentId, Reason, Text, UserId } from '../domains/shared/index.ts'
import { calledOff, PaymentStatus } from './payment-status.ts'

/** Every payment: for which order, how much, who took it, and where it stands. */
export const payments = projection({
  name: 'payments',
  store: 'postgres',
  document: Fields({
    id: PaymentId,
    orderId: OrderId,
    userId: UserId,
    amount: Money,
    status: PaymentStatus,
    provider: Type.Optional(Text(1, 100)),
    providerRef: Type.Optional(Text(1, 255)),
    /** Why it failed, or why it was given back. */
    reason: Type.Optional(Reason),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [payment],
  key: ({ id }) => id,
  indexes: [['orderId'], ['userId', 'createdAt'], ['status', 'createdAt'], ['createdAt']],
}).rules({
  PaymentInitiated: (document, { id, at, data: { orderId, userId, amount } }) => ({
    id,
    orderId,
    userId,
    amount,
    status: 'PENDING',
    createdAt: document?.createdAt ?? at,
    updatedAt: at,
  }),
  PaymentCompleted: (document, { at, data: { provider, providerRef } }) =>
    document && { ...document, status: 'COMPLETED', provider, providerRef, updatedAt: at },
  PaymentFailed: (document, { at, data: { reason } }) =>
    document && { ...document, status: 'FAILED', reason, updatedAt: at },
  PaymentVoided: (document, { at }) =>
    document && { ...document, status: calledOff(document.status), updatedAt: at },
  PaymentRefundRequested: (document, { at, data: { provider, providerRef, reason } }) =>
    document && {
      ...document,
      status: 'REFUND_PENDING',
      provider,
      providerRef,
      ...(reason !== undefined && { reason }),
      updatedAt: at,
    },
  PaymentRefunded: (document, { at }) =>
    document && { ...document, status: 'REFUNDED', updatedAt: at },
})
