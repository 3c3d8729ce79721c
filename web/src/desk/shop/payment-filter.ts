import { known, oneOf, textIn, type Given } from '../../ui/search-values.ts'

/** Statuses of payments. */
export const paymentStatuses = [
  'PENDING',
  'AUTHORIZED',
  'COMPLETED',
  'FAILED',
  'VOIDED',
  'REFUND_PENDING',
  'REFUNDED',
  'PARTLY_REFUNDED',
  'REFUND_FAILED',
] as const

/** A status of a payment. */
export type PaymentStatus = (typeof paymentStatuses)[number]

/** Which payments are shown, as the address says: those in a status, or those of an order. */
export type PaymentFilter = { readonly status?: PaymentStatus; readonly order?: string }

/** Reads a filter of payments from an address; anything else is left out. */
export const paymentFilter = (given: Given): PaymentFilter =>
  known({ status: oneOf(paymentStatuses, given['status']), order: textIn(given['order']) })
