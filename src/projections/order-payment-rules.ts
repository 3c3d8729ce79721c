import type { EventOf, Rules } from '#kernel'
import type { payment } from '../domains/payments/language.ts'
import type { PaymentId } from '../domains/shared/index.ts'
import type { Order } from './order-document.ts'
import {
  calledOff,
  refundAsked,
  refundDone,
  refundFailed,
  type PaymentStatus,
} from './payment-status.ts'

/** Returns a rule that gives the payment of an order a status. */
const becomes =
  (status: PaymentStatus) =>
  (
    document: Order | undefined,
    { id, at }: { readonly id: PaymentId; readonly at: string },
  ): Order | undefined =>
    document && { ...document, payment: { id, status }, updatedAt: at }

/** How the events of its payment change the document of an order. */
export const orderPaymentRules = {
  PaymentAuthorisationRequested: becomes('PENDING'),
  PaymentAuthorised: becomes('AUTHORIZED'),
  PaymentAuthorisationFailed: becomes('FAILED'),
  PaymentCaptured: becomes('COMPLETED'),
  PaymentCaptureFailed: becomes('FAILED'),

  PaymentInitiated: becomes('PENDING'),
  PaymentCompleted: becomes('COMPLETED'),
  PaymentFailed: becomes('FAILED'),
  PaymentVoided: (document, event) =>
    document?.payment ? becomes(calledOff(document.payment.status))(document, event) : document,
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
