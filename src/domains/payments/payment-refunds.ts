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

/** Returns the key of a refund in the state; at most one refund has no id. */
const keyOf = (refundId: RefundId | undefined): string => refundId ?? 'all'

/** Returns a refund of a payment; undefined when it was not requested. */
export const refundIn = (state: State, refundId: RefundId | undefined) =>
  isTaken(state) ? state.refunds[keyOf(refundId)] : undefined

/** Returns the status of a refund; undefined when it was not requested. */
export const refundStatusOf = (
  state: State,
  refundId: RefundId | undefined,
): Refunds[string]['status'] | undefined => refundIn(state, refundId)?.status

/** Returns whether a refund is pending. */
export const awaitsRefund = (state: State, refundId: RefundId | undefined): boolean =>
  refundStatusOf(state, refundId) === 'pending'

/** Returns the pending refunds that have an id. */
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

/** Returns whether the whole amount is refunded or pending. */
export const hasGoneBack = (state: State): boolean =>
  (state.status === 'refunding' || state.status === 'refunded') && leftOf(state) === 0

/** Returns the charged amount less completed and pending refunds, in minor units. */
export const leftOf = ({ amount: { amount }, refunds }: Taken): number =>
  Object.values(refunds).reduce(
    (left, refund) => (refund.status === 'failed' ? left : left - refund.amount),
    amount,
  )

/** Returns the charged money less completed and pending refunds. */
export const leftToRefund = (taken: Taken): Money => ({ ...taken.amount, amount: leftOf(taken) })

/** Returns a payment with a refund added or changed. */
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

/** Returns a payment after a refund was completed or failed. */
export const becoming = (
  state: State,
  refundId: RefundId | undefined,
  status: 'done' | 'failed',
): State => {
  const refund = refundIn(state, refundId)
  return isTaken(state) && refund ? withRefund(state, refundId, { ...refund, status }) : state
}

/** Returns the data of an event about a refund. @param minor amount in minor units */
export const whichOf = (
  { orderId, amount }: Bill,
  refundId: RefundId | undefined,
  minor: number,
) => ({
  orderId,
  ...(refundId !== undefined && { refundId }),
  amount: { ...amount, amount: minor },
})

/** Returns the event that requests a refund: of the whole payment, unless an amount in minor units is given. */
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

/** Returns the events of a requested refund; one of amount 0 is completed at once, without the provider. */
export const withReturn = (requested: ReturnType<typeof giveBack>) => {
  const { orderId, refundId, amount } = requested.data
  if (amount.amount > 0) return [requested]
  const back = {
    orderId,
    ...(refundId !== undefined && { refundId }),
    amount,
    refundRef: 'nothing',
  }
  return [requested, { type: 'PaymentRefunded' as const, data: back }]
}
