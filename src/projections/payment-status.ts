import { Type, type Static } from 'typebox'
import type { Money } from '../domains/shared/index.ts'

/** Status of a payment in read models. */
export const PaymentStatus = Type.Enum([
  'PENDING',
  'AUTHORIZED',
  'COMPLETED',
  'FAILED',
  'VOIDED',
  'REFUND_PENDING',
  'REFUNDED',
  'PARTLY_REFUNDED',
  'REFUND_FAILED',
])
export type PaymentStatus = Static<typeof PaymentStatus>

/**
 * Returns the status of a payment after it was voided; a failed payment stays `FAILED`.
 * @param status before
 */
export const calledOff = (status: PaymentStatus): PaymentStatus =>
  status === 'FAILED' ? 'FAILED' : 'VOIDED'

/** Status of a payment with its refunds. */
type Standing = {
  readonly status: PaymentStatus
  /** Refunded so far. */
  readonly refunded?: Money
  /** Requested refunds that are not completed. */
  readonly refunding?: Money
}

const sum = (some: Money | undefined, other: Money): Money => ({
  ...other,
  amount: (some?.amount ?? 0) + other.amount,
})

const less = (some: Money | undefined, other: Money): Money | undefined => {
  const amount = (some?.amount ?? 0) - other.amount
  return amount > 0 ? { ...other, amount } : undefined
}

const standing = (
  settled: PaymentStatus,
  refunded: Money | undefined,
  refunding: Money | undefined,
): Standing => ({
  status: refunding ? 'REFUND_PENDING' : settled,
  ...(refunded && { refunded }),
  ...(refunding && { refunding }),
})

/** Returns the status and refunds of a payment after a refund was requested. */
export const refundAsked = (
  { refunded, refunding }: Omit<Standing, 'status'>,
  amount: Money,
): Standing => standing('REFUND_PENDING', refunded, sum(refunding, amount))

/**
 * Returns the status and refunds of a payment after a refund was completed.
 * @param paid paid amount
 * @param amount refunded amount; older events without an amount refund all of it
 */
export const refundDone = (
  { refunded, refunding }: Omit<Standing, 'status'>,
  paid: Money,
  amount: Money = paid,
): Standing => {
  const all = sum(refunded, amount)
  const settled = all.amount >= paid.amount ? 'REFUNDED' : 'PARTLY_REFUNDED'
  return standing(settled, all, less(refunding, amount))
}

/** Returns the status and refunds of a payment after a refund failed. */
export const refundFailed = (
  { refunded, refunding }: Omit<Standing, 'status'>,
  amount: Money,
): Standing => standing('REFUND_FAILED', refunded, less(refunding, amount))
