import type { EventOf, Rules } from '#kernel'
import type { payment } from '../domains/payments/language.ts'
import type { Order } from './order-document.ts'
import { calledOff, refundAsked, refundDone, refundFailed } from './payment-status.ts'

/** How the events of its payment change the document of an order. */
export const orderPaymentRules = {
  PaymentAuthorisationRequested: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'PENDING' }, updatedAt: at },
  PaymentAuthorised: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'AUTHORIZED' }, updatedAt: at },
  PaymentAuthorisationFailed: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'FAILED' }, updatedAt: at },
  PaymentCaptured: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'COMPLETED' }, updatedAt: at },
  PaymentCaptureFailed: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'FAILED' }, updatedAt: at },

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
  PaymentRefundRequested: (document, { id, at, data: { amount } }) =>
    document && {
      ...document,
      payment: { id, ...refundAsked(document.payment ?? {}, amount) },
      updatedAt: at,
    },
  PaymentRefunded: (document, { id, at, data: { amount } }) =>
    document && {
      ...document,
      payment: { id, ...refundDone(document.payment ?? {}, document.total, amount) },
      updatedAt: at,
    },
  PaymentRefundFailed: (document, { id, at, data: { amount } }) =>
    document && {
      ...document,
      payment: { id, ...refundFailed(document.payment ?? {}, amount) },
      updatedAt: at,
    },
} satisfies Rules<Order, EventOf<typeof payment>>
