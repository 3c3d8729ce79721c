import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { payment } from '../domains/payments/language.ts'
import {
  OrderId,
  PaymentId,
  RecordedMoney,
  RecordedReason,
  Text,
  UserId,
} from '../domains/shared/index.ts'
import {
  calledOff,
  PaymentStatus,
  refundAsked,
  refundDone,
  refundFailed,
} from './payment-status.ts'

/** All payments with order, amount, provider and status. */
export const payments = projection({
  name: 'payments',
  version: 5,
  store: 'postgres',
  within: 1_000,
  document: Fields({
    id: PaymentId,
    orderId: OrderId,
    userId: UserId,
    amount: RecordedMoney,
    status: PaymentStatus,
    /** Refunded so far. */
    refunded: Type.Optional(RecordedMoney),
    /** Requested refunds that are not completed. */
    refunding: Type.Optional(RecordedMoney),
    provider: Type.Optional(Text(1, 100)),
    providerRef: Type.Optional(Text(1, 255)),
    /** Reason of the failure, of the refund, or of the refund's failure. */
    reason: Type.Optional(RecordedReason),
    /** Revision of its stream, for `If-Match`. */
    revision: Type.Integer(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [payment],
  key: 'id',
  beginsWith: [payment],
  indexes: [['orderId'], ['userId', 'createdAt'], ['status', 'createdAt'], ['createdAt']],
}).rules({
  PaymentInitiated: (document, { id, at, revision, data: { orderId, userId, amount } }) => ({
    id,
    orderId,
    userId,
    amount,
    status: 'PENDING',
    createdAt: document?.createdAt ?? at,
    revision,
    updatedAt: at,
  }),
  PaymentCompleted: (document, { at, revision, data: { provider, providerRef } }) =>
    document && {
      ...document,
      status: 'COMPLETED',
      provider,
      providerRef,
      revision,
      updatedAt: at,
    },
  PaymentFailed: (document, { at, revision, data: { reason } }) =>
    document && { ...document, status: 'FAILED', reason, revision, updatedAt: at },
  PaymentAuthorisationRequested: (document, { id, at, revision, data }) => {
    const { orderId, userId, amount } = data
    const createdAt = document?.createdAt ?? at
    return { id, orderId, userId, amount, status: 'PENDING', createdAt, revision, updatedAt: at }
  },
  PaymentAuthorised: (document, { at, revision, data: { provider, providerRef } }) =>
    document && {
      ...document,
      status: 'AUTHORIZED',
      provider,
      providerRef,
      revision,
      updatedAt: at,
    },
  PaymentAuthorisationFailed: (document, { at, revision, data: { reason } }) =>
    document && { ...document, status: 'FAILED', reason, revision, updatedAt: at },
  PaymentCaptureRequested: (document, { revision }) => document && { ...document, revision },
  PaymentCaptured: (document, { at, revision, data: { provider, providerRef } }) =>
    document && {
      ...document,
      status: 'COMPLETED',
      provider,
      providerRef,
      revision,
      updatedAt: at,
    },
  PaymentCaptureFailed: (document, { at, revision, data: { reason } }) =>
    document && { ...document, status: 'FAILED', reason, revision, updatedAt: at },
  PaymentReleaseRequested: (document, { revision }) => document && { ...document, revision },
  PaymentOutcomeReported: (document, { revision }) => document && { ...document, revision },
  PaymentReleased: (document, { revision }) => document && { ...document, revision },
  PaymentVoided: (document, { at, revision }) =>
    document && { ...document, status: calledOff(document.status), revision, updatedAt: at },
  PaymentRefundRequested: (document, { at, revision, data }) => {
    if (!document) return undefined
    const { amount, provider, providerRef, reason } = data
    return {
      ...withoutRefunds(document),
      ...refundAsked(document, amount),
      provider,
      providerRef,
      ...(reason !== undefined && { reason }),
      revision,
      updatedAt: at,
    }
  },
  PaymentRefunded: (document, { at, revision, data: { amount } }) =>
    document && {
      ...withoutRefunds(document),
      ...refundDone(document, document.amount, amount),
      revision,
      updatedAt: at,
    },
  PaymentRefundFailed: (document, { at, revision, data: { amount, reason } }) =>
    document && {
      ...withoutRefunds(document),
      ...refundFailed(document, amount),
      reason,
      revision,
      updatedAt: at,
    },
})

/** Returns a payment without its refunds, which the caller sets anew. */
const withoutRefunds = <D extends { readonly refunded?: unknown; readonly refunding?: unknown }>(
  document: D,
) => {
  const { refunded: _, refunding: __, ...rest } = document
  return rest
}
