import { refuse } from '#kernel'
import type { Money, RefundId, UserId } from '../shared/index.ts'
import { refundedOfGig, saleOf, type PlacedGigOrder } from './gig-order-state.ts'
import type { Party } from './gig-order-status.ts'

/** Returns the event that cancels an order. @param by a user's id, or the name of a part of Agora */
export const cancelled = (
  order: PlacedGigOrder,
  reason: string,
  by: string,
  said: { readonly personId?: UserId; readonly words?: string } = {},
) => ({
  type: 'GigOrderCancelled' as const,
  data: {
    ...saleOf(order),
    reason,
    by,
    ...(order.heldSince !== undefined && { heldSince: order.heldSince }),
    ...said,
  },
})

const personOf = ({ userId, sellerId }: PlacedGigOrder, side: Party | 'admin'): UserId =>
  side === 'seller' ? sellerId : userId

/** Whether the delivery of an order is overdue: by the clock, or as its timer has recorded. @param now ISO 8601 in UTC */
const isOverdue = (
  { status, dueAt, deliveries, overdueAfter }: PlacedGigOrder,
  now: string,
): boolean =>
  (status === 'IN_PROGRESS' || status === 'IN_REVISION') &&
  (overdueAfter === deliveries || (dueAt !== undefined && Date.parse(now) > Date.parse(dueAt)))

/** Returns the reason by which a side may cancel at once; undefined where it has to propose that. */
const rightOf = (order: PlacedGigOrder, side: Party | 'admin', now: string): string | undefined => {
  if (side === 'admin' || order.status === 'PENDING') return `cancelled_by_${side}`
  if (side === 'buyer' && isOverdue(order, now)) return 'overdue'
  const { proposedBy } = order
  return proposedBy !== undefined && proposedBy !== side ? 'cancelled_by_agreement' : undefined
}

/**
 * Decides the wish of a side to cancel. It is fulfilled at once before the work begins, for a buyer whose delivery is
 * overdue, for an admin, and for the party whom the other one has proposed it to; otherwise it is a proposal.
 */
export const decideCancel = (
  order: PlacedGigOrder,
  { side, words }: { readonly side: Party | 'admin'; readonly words?: string },
  { now, by }: { readonly now: string; readonly by: string },
) => {
  if (order.status === 'CANCELLED') return []
  if (order.accepted) return refuse('AlreadyAccepted')
  if (isOver(order)) return refuse('AlreadyCompleted')
  const personId = personOf(order, side)
  const said = words === undefined ? {} : { personId, words }
  const reason = rightOf(order, side, now)
  if (reason !== undefined) return [cancelled(order, reason, by, said)]
  if (side === 'admin' || order.proposedBy === side) return []
  const proposed = { side, personId, ...(words !== undefined && { words }) }
  return [{ type: 'GigOrderCancellationProposed' as const, data: proposed }]
}

/** Whether an order has ended. */
export const isOver = ({ status }: Pick<PlacedGigOrder, 'status'>): boolean =>
  status === 'COMPLETED' ||
  status === 'CANCELLED' ||
  status === 'REFUNDED' ||
  status === 'PARTLY_REFUNDED'

/** Returns whether the work is accepted when a party leaves; otherwise an open order is cancelled. */
const isAcceptedAsLeaving = ({ status }: PlacedGigOrder, side: Party): boolean =>
  status === 'DELIVERED' || (status === 'IN_REVISION' && side === 'buyer')

/** Ends an order whose party leaves: delivered work is paid, other money is released. */
export const decideLeaving = (order: PlacedGigOrder, side: Party, by: string) => {
  if (order.left.includes(side)) return []
  const left = { type: 'GigOrderPartyLeft' as const, data: { side } }
  if (isOver(order) || order.accepted) return [left]
  return isAcceptedAsLeaving(order, side)
    ? [left, { type: 'GigOrderAccepted' as const, data: { by } }]
    : [left, cancelled(order, `${side}_left`, by)]
}

/** Decides the request of a refund: of an amount, or of all that remains. */
export const decideGigRefund = (
  order: PlacedGigOrder,
  {
    refundId,
    amount,
    reason,
  }: { readonly refundId: RefundId; readonly amount?: Money; readonly reason: string },
) => {
  if (order.status === 'CANCELLED') return refuse('AlreadyCancelled')
  if (!isOver(order)) return refuse('NotCompleted')
  if (refundId in order.refunds) return []
  const left = order.price.amount - refundedOfGig(order, 'pending', 'done').amount
  if (left === 0) return amount ? refuse('AlreadyRefunded') : []
  if (amount && amount.currency !== order.price.currency) return refuse('OtherCurrency')
  if (amount && amount.amount > left) return refuse('MoreThanPaid')
  const asked = { refundId, amount: amount ?? { ...order.price, amount: left }, reason }
  return [{ type: 'GigOrderRefundRequested' as const, data: asked }]
}

/** Records that a refund was made. */
export const decideGigRefunded = (order: PlacedGigOrder, refundId: RefundId) => {
  const refund = order.refunds[refundId]
  if (!refund) return refuse('NoSuchRefund')
  if (refund.status === 'done') return []
  const { amount } = refund
  const before = refundedOfGig(order, 'done')
  const refunded = { ...before, amount: before.amount + amount.amount }
  const status =
    refunded.amount >= order.price.amount ? ('REFUNDED' as const) : ('PARTLY_REFUNDED' as const)
  const buyerLeft = order.left.includes('buyer') && ({ buyerLeft: true } as const)
  const data = { ...saleOf(order), refundId, amount, refunded, status, ...buyerLeft }
  return [{ type: 'GigOrderRefunded' as const, data }]
}

/** Records that a refund failed. */
export const decideGigRefundFailed = (
  order: PlacedGigOrder,
  refundId: RefundId,
  reason: string,
) => {
  const refund = order.refunds[refundId]
  if (!refund) return refuse('NoSuchRefund')
  return refund.status === 'pending'
    ? [{ type: 'GigOrderRefundFailed' as const, data: { refundId, reason } }]
    : []
}
