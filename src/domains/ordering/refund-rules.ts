import { refuse } from '#kernel'
import type { Money, RefundId, ReturnId } from '../shared/index.ts'
import type { Portion, WantedPieces } from './refund-messages.ts'
import { mayAsk, type OrderStatus } from './transitions.ts'
import {
  type Paid,
  type Refund,
  choose,
  counts,
  leftIn,
  linesOf,
  moneyLeft,
  priceOf,
  refundable,
  refundedOf,
  refundsThat,
  restockable,
  without,
} from './went-back.ts'

/** Returns the event that requests a refund. @param amount in minor units */
export const refundAsked = (
  order: Paid,
  lines: readonly Portion[],
  amount: number,
  more: {
    readonly refundId: RefundId
    readonly returnId?: ReturnId
    readonly reason: string
    readonly restock: boolean
  },
) => ({
  type: 'OrderRefundRequested' as const,
  data: {
    ...more,
    lines: [...lines],
    amount: { amount, currency: order.total.currency },
    restock: more.restock ? [...restockable(order, lines)] : [],
  },
})

/**
 * Decides the request of a refund. Pieces are refunded at their price, and at most the remaining paid amount; a request
 * for the whole remaining amount covers all remaining pieces, and vice versa.
 */
export const decideRefund = (
  order: Paid,
  {
    refundId,
    items: wanted,
    amount,
    reason,
    restock = order.stage === 'CONFIRMED',
  }: {
    readonly refundId: RefundId
    readonly items?: readonly WantedPieces[]
    readonly amount?: Money
    readonly reason: string
    readonly restock?: boolean
  },
) => {
  const answer = mayAsk.RequestRefund[order.stage]
  if (answer !== 'go') return refuse(answer)
  if (refundId in order.refunds) return []
  const pieces = refundable(order)
  const left = moneyLeft(order)
  const more = { refundId, reason, restock }
  if (pieces.length === 0 && left === 0) return wanted || amount ? refuse('AlreadyRefunded') : []
  if (wanted) {
    const lines = choose(wanted, order.items, pieces)
    if ('refused' in lines) return lines
    // What never leaves is not delivered either: the last pieces come with the cost of the delivery.
    const isUnsent = order.stage === 'CONFIRMED' && piecesIn(lines) === piecesIn(pieces)
    const amount = isUnsent ? left : Math.min(priceOf(order.items, lines), left)
    return [refundAsked(order, lines, amount, more)]
  }
  if (amount && amount.currency !== order.total.currency) return refuse('OtherCurrency')
  if (amount && amount.amount > left) return refuse('MoreThanPaid')
  return amount && amount.amount < left
    ? [refundAsked(order, [], amount.amount, more)]
    : [refundAsked(order, pieces, left, more)]
}

const piecesIn = (lines: readonly Portion[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** Returns the status of an order after the refund of some pieces. */
const statusWith = (order: Paid, lines: readonly Portion[]): OrderStatus => {
  if (order.stage === 'RETURNED') return 'RETURNED'
  const done = refundsThat(order, ({ status }) => status === 'done')
  return without(order.items, [...linesOf(done), ...lines]).length === 0
    ? 'REFUNDED'
    : 'PARTLY_REFUNDED'
}

const given = (
  order: Paid,
  refundId: RefundId,
  { lines, amount, restock }: Pick<Refund, 'lines' | 'amount' | 'restock'>,
) => {
  const { currency } = order.total
  const status = statusWith(order, lines)
  const isUnsent = status === 'REFUNDED' && order.stage === 'CONFIRMED'
  return {
    type: 'OrderRefunded' as const,
    data: {
      refundId,
      userId: order.userId,
      lines: [...lines],
      amount: { amount, currency },
      refunded: { amount: refundedOf(order).amount + amount, currency },
      restock: [...restock],
      status,
      ...leftIn(order),
      ...(isUnsent && { unsent: true as const }),
    },
  }
}

/** Decides the completion of a refund. */
export const decideRefunded = (order: Paid, refundId: RefundId) => {
  const refund = order.refunds[refundId]
  if (!refund) return refuse('NoSuchRefund')
  return refund.status === 'pending' ? [given(order, refundId, refund)] : []
}

/** Decides the failure of a refund. */
export const decideRefundFailed = (order: Paid, refundId: RefundId, reason: string) => {
  const refund = order.refunds[refundId]
  if (!refund) return refuse('NoSuchRefund')
  return refund.status === 'pending'
    ? [{ type: 'OrderRefundFailed' as const, data: { refundId, reason } }]
    : []
}

/** Decides the adoption of a full refund from before orders recorded refunds. */
export const decideAdopted = (order: Paid, refundId: RefundId) => {
  const answer = mayAsk.RequestRefund[order.stage]
  if (answer !== 'go') return refuse(answer)
  // Failed refunds do not count.
  if (refundsThat(order, counts).length > 0) return []
  const all = { lines: refundable(order), amount: moneyLeft(order), restock: [] }
  const { type, data } = given(order, refundId, all)
  return [{ type, data: { ...data, adopted: true as const } }]
}
