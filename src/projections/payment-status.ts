import { Type, type Static } from 'typebox'

/** Where a payment stands, as people read it. */
export const PaymentStatus = Type.Enum([
  'PENDING',
  'COMPLETED',
  'FAILED',
  'VOIDED',
  'REFUND_PENDING',
  'REFUNDED',
])
export type PaymentStatus = Static<typeof PaymentStatus>

/**
 * Where a payment stands once it was called off: one that had failed before has still failed, for whoever reads it.
 * @param status where it stood before
 */
export const calledOff = (status: PaymentStatus): PaymentStatus =>
  status === 'FAILED' ? 'FAILED' : 'VOIDED'
