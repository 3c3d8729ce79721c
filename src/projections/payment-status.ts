import { Type, type Static } from 'typebox'
import type { Money } from '../domains/shared/index.ts'

/** Where a payment stands, as people read it. */
export const PaymentStatus = Type.Enum([
  'PENDING',
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
 * Where a payment stands once it was called off: one that had failed before has still failed, for whoever reads it.
 * @param status where it stood before
 */
export const calledOff = (status: PaymentStatus): PaymentStatus =>
  status === 'FAILED' ? 'FAILED' : 'VOIDED'

/** Where a payment stands, and what of it went back. */
type Standing = {
  readonly status: PaymentStatus
  /** What was given back by now. */
  readonly refunded?: Money
  /** What is on its way back. */
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

/** Where a payment stands once some of it is asked back. */
export const refundAsked = (
  { refunded, refunding }: Omit<Standing, 'status'>,
  amount: Money,
): Standing => standing('REFUND_PENDING', refunded, sum(refunding, amount))

/**
 * Where a payment stands once some of it is back.
 * @param paid what was paid
 * @param amount what was given back; all of it, where events of before do not say
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

/** Where a payment stands once some of it cannot be given back. */
export const refundFailed = (
  { refunded, refunding }: Omit<Standing, 'status'>,
  amount: Money,
): Standing => standing('REFUND_FAILED', refunded, less(refunding, amount))
