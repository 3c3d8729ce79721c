import { asId } from '#kernel'
import { RefundId, type Money } from '../shared/index.ts'
import {
  isTaken,
  type Amount,
  type Bill,
  type Receipt,
  type Refunds,
  type State,
  type Taken,
} from './payment-state.ts'

/** A refund's place among others; there is one at the most that has no id. */
const keyOf = (refundId: RefundId | undefined): string => refundId ?? 'all'

/** A refund of a payment; undefined when it was never asked for. */
export const refundIn = (state: State, refundId: RefundId | undefined) =>
  isTaken(state) ? state.refunds[keyOf(refundId)] : undefined

/** How far a refund has come; undefined when it was never asked for. */
export const refundStatusOf = (
  state: State,
  refundId: RefundId | undefined,
): Refunds[string]['status'] | undefined => refundIn(state, refundId)?.status

/** Whether a refund was asked for and has not come to its end. */
export const awaitsRefund = (state: State, refundId: RefundId | undefined): boolean =>
  refundStatusOf(state, refundId) === 'pending'

/** The refunds that were asked for and have not come to their ends. */
export const pendingRefunds = (
  state: State,
): readonly { readonly refundId: RefundId; readonly amount: Amount }[] =>
  isTaken(state)
    ? Object.entries(state.refunds).flatMap(([key, { status, amount }]) =>
        status === 'pending' && key !== keyOf(undefined)
          ? [{ refundId: asId(RefundId, key), amount: { ...state.amount, amount } }]
          : [],
      )
    : []

/** Whether all of the money is back, or on its way back. */
export const hasGoneBack = (state: State): boolean =>
  (state.status === 'refunding' || state.status === 'refunded') && leftOf(state) === 0

/** How much was taken and neither went back nor is on its way, minor units. */
export const leftOf = ({ amount: { amount }, refunds }: Taken): number =>
  Object.values(refunds).reduce(
    (left, refund) => (refund.status === 'failed' ? left : left - refund.amount),
    amount,
  )

/** How much of money that was taken neither went back nor is on its way. */
export const leftToRefund = (taken: Taken): Money => ({ ...taken.amount, amount: leftOf(taken) })

/** A payment with one more refund, or with one that has come further. */
export const withRefund = (
  taken: Taken,
  refundId: RefundId | undefined,
  refund: Refunds[string],
): State => {
  const refunds = { ...taken.refunds, [keyOf(refundId)]: refund }
  const all = Object.values(refunds)
  const isBack = leftOf({ ...taken, refunds }) === 0 && all.some(({ status }) => status === 'done')
  const isPending = all.some(({ status }) => status === 'pending')
  return { ...taken, refunds, status: isPending ? 'refunding' : isBack ? 'refunded' : 'completed' }
}

/** A payment of which a refund has come to its end. */
export const becoming = (
  state: State,
  refundId: RefundId | undefined,
  status: 'done' | 'failed',
): State => {
  const refund = refundIn(state, refundId)
  return isTaken(state) && refund ? withRefund(state, refundId, { ...refund, status }) : state
}

/** Names a refund and its amount in an event. @param minor in minor units */
export const whichOf = (
  { orderId, amount }: Bill,
  refundId: RefundId | undefined,
  minor: number,
) => ({
  orderId,
  ...(refundId !== undefined && { refundId }),
  amount: { ...amount, amount: minor },
})

/** Asks for money of a payment back: all of it, unless an amount in minor units is given. */
export const giveBack = (
  { orderId, amount: paid }: Bill,
  { provider, providerRef }: Receipt,
  {
    refundId,
    amount = paid.amount,
    reason,
  }: { readonly refundId?: RefundId; readonly amount?: number; readonly reason?: string } = {},
) => ({
  type: 'PaymentRefundRequested' as const,
  data: {
    orderId,
    ...(refundId !== undefined && { refundId }),
    amount: { ...paid, amount },
    provider,
    providerRef,
    ...(reason !== undefined && { reason }),
  },
})

/** A refund of nothing is done at once: there is nothing that a provider could give back. */
export const withReturn = (asked: ReturnType<typeof giveBack>) => {
  const { orderId, refundId, amount } = asked.data
  if (amount.amount > 0) return [asked]
  const back = {
    orderId,
    ...(refundId !== undefined && { refundId }),
    amount,
    refundRef: 'nothing',
  }
  return [asked, { type: 'PaymentRefunded' as const, data: back }]
}
