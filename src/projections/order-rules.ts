import type { EventOf, Rules } from '#kernel'
import type { order, Portion } from '../domains/ordering/language.ts'
import { withOne, type Order } from './order-document.ts'

/** How the events of an order of products change its document. */
export const orderRules = {
  OrderPlaced: (_, { id, at, revision, data }) => {
    const { userId, items, shipping, total, shippingAddress } = data
    return {
      id,
      userId,
      status: 'PENDING',
      items,
      ...(shipping && { shipping }),
      total,
      ...(shippingAddress && { shippingAddress }),
      createdAt: at,
      revision,
      updatedAt: at,
    }
  },
  OrderStockConfirmed: (document, { at, revision }) =>
    document && { ...document, status: 'STOCK_RESERVED', revision, updatedAt: at },
  OrderPaid: (document, { at, revision }) =>
    document && { ...document, status: 'PAID', revision, updatedAt: at },
  OrderConfirmed: (document, { at, revision }) =>
    document && { ...document, status: 'CONFIRMED', revision, updatedAt: at },
  OrderRejected: (document, { at, revision, data: { reason } }) =>
    document && { ...document, status: 'REJECTED', reason, revision, updatedAt: at },
  OrderCancelled: (document, { at, revision, data: { reason, words = reason } }) =>
    document && { ...document, status: 'CANCELLED', reason: words, revision, updatedAt: at },
  OrderShipped: (document, { at, revision }) =>
    document && { ...document, status: 'SHIPPED', revision, updatedAt: at },
  OrderDelivered: (document, { at, revision }) =>
    document && { ...document, status: 'DELIVERED', revision, updatedAt: at },
  OrderCompleted: (document, { at, revision }) =>
    document && { ...document, status: 'COMPLETED', revision, updatedAt: at },

  OrderBuyerLeft: (document, { revision }) => document && { ...document, revision },
  OrderAddressForgotten: (document, { revision }) => {
    if (!document) return undefined
    const { shippingAddress: _, reason, ...rest } = { ...document, revision }
    // Reasons of cancellations and returns are texts of the buyer.
    const returns = document.returns?.map((one) => {
      const { reason: _, ...withoutReason } = one
      return withoutReason
    })
    return {
      ...rest,
      ...(document.status !== 'CANCELLED' && reason !== undefined && { reason }),
      ...(returns && { returns }),
    }
  },

  OrderRefundRequested: (document, { at, revision, data }) => {
    const { refundId: id, lines, amount, reason, restock, returnId } = data
    const requested = { id, status: 'PENDING' as const, lines, amount, reason, at }
    const more = { restocked: piecesIn(restock), ...(returnId !== undefined && { returnId }) }
    return (
      document && {
        ...document,
        refunds: withOne(document.refunds, { ...requested, ...more }),
        revision,
        updatedAt: at,
      }
    )
  },
  OrderRefunded: (document, { at, revision, data }) => {
    if (!document) return undefined
    const { refundId: id, lines, amount, refunded, restock, status } = data
    const requested = document.refunds?.find((refund) => refund.id === id)
    const done = { id, status: 'DONE' as const, lines, amount, restocked: piecesIn(restock) }
    return {
      ...document,
      status,
      items: document.items.map((item, line) => withPieces(item, 'refunded', line, lines)),
      refunded,
      refunds: withOne(document.refunds, { reason: 'refunded', ...requested, ...done, at }),
      revision,
      updatedAt: at,
    }
  },
  OrderRefundFailed: (document, { at, revision, data: { refundId, reason } }) =>
    document && {
      ...document,
      refunds: (document.refunds ?? []).map((refund) =>
        refund.id === refundId
          ? { ...refund, status: 'FAILED' as const, restocked: 0, reason, at }
          : refund,
      ),
      revision,
      updatedAt: at,
    },

  OrderReturnRequested: (document, { at, revision, data: { returnId: id, lines, words } }) => {
    const requested = { id, status: 'REQUESTED' as const, lines, restocked: 0, at }
    const given = words === undefined ? {} : { reason: words }
    return (
      document && {
        ...document,
        returns: withOne(document.returns, { ...requested, ...given }),
        revision,
        updatedAt: at,
      }
    )
  },
  OrderReturnAccepted: (document, { at, revision, data: { returnId } }) =>
    document && {
      ...document,
      returns: (document.returns ?? []).map((one) =>
        one.id === returnId ? { ...one, status: 'ACCEPTED' as const, at } : one,
      ),
      revision,
      updatedAt: at,
    },
  OrderReturnDeclined: (document, { at, revision, data: { returnId, reason } }) =>
    document && {
      ...document,
      returns: (document.returns ?? []).map((one) =>
        one.id === returnId
          ? {
              ...one,
              status: 'DECLINED' as const,
              ...(reason !== undefined && { answer: reason }),
              at,
            }
          : one,
      ),
      revision,
      updatedAt: at,
    },
  OrderReturnReceived: (document, { at, revision, data: { returnId, lines, restock, status } }) =>
    document && {
      ...document,
      status,
      items: document.items.map((item, line) => withPieces(item, 'returned', line, lines)),
      returns: (document.returns ?? []).map((one) =>
        one.id === returnId
          ? { ...one, status: 'RECEIVED' as const, restocked: piecesIn(restock), at }
          : one,
      ),
      revision,
      updatedAt: at,
    },
} satisfies Rules<Order, EventOf<typeof order>>

const piecesIn = (lines: readonly Portion[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** Returns a line with its number of refunded or returned pieces increased. */
const withPieces = <I extends { readonly refunded?: number; readonly returned?: number }>(
  item: I,
  field: 'refunded' | 'returned',
  line: number,
  lines: readonly Portion[],
): I => {
  const more = piecesIn(lines.filter((portion) => portion.line === line))
  return more > 0 ? { ...item, [field]: (item[field] ?? 0) + more } : item
}
