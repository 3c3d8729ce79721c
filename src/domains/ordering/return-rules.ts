import { derivedId, refuse } from '#kernel'
import { RefundId, type ReturnId } from '../shared/index.ts'
import type { WantedPieces } from './refund-messages.ts'
import { refundAsked } from './refund-rules.ts'
import { mayAsk } from './transitions.ts'
import {
  type Paid,
  choose,
  leftIn,
  linesOf,
  moneyLeft,
  priceOf,
  refundable,
  restockable,
  returnable,
  without,
  within,
  withoutReturn,
} from './went-back.ts'

/** Greatest number of returns of one order, declined ones included, which limits the size of its state. */
const maxReturns = 100

/** Returns the id of the refund that a received return leads to. */
export const refundIdOf = (returnId: ReturnId): RefundId => derivedId(RefundId, returnId, 'refund')

/** Decides the request of a return. */
export const decideReturn = (
  order: Paid,
  {
    returnId,
    items: wanted,
    words,
  }: {
    readonly returnId: ReturnId
    readonly items?: readonly WantedPieces[]
    readonly words?: string
  },
) => {
  const answer = mayAsk.RequestReturn[order.stage]
  if (answer !== 'go') return refuse(answer)
  if (returnId in order.returns) return []
  const left = returnable(order)
  if (left.length === 0) {
    const isComing = Object.values(order.returns).some(
      ({ status }) => status === 'requested' || status === 'accepted',
    )
    return isComing && !wanted ? [] : refuse('MoreThanLeft')
  }
  if (Object.keys(order.returns).length >= maxReturns) return refuse('TooManyReturns')
  const lines = wanted ? choose(wanted, order.items, left) : left
  if ('refused' in lines) return lines
  return [
    {
      type: 'OrderReturnRequested' as const,
      data: {
        returnId,
        userId: order.userId,
        lines: [...lines],
        ...(words !== undefined && { words }),
      },
    },
  ]
}

/** Returns a return that the shop can still decide about, or a refusal. */
const openReturn = (order: Paid, returnId: ReturnId) => {
  const found = order.returns[returnId]
  if (!found) return refuse('NoSuchReturn')
  const { status, lines } = found
  if (status === 'received') return refuse('ReturnReceived')
  const data = { returnId, userId: order.userId, lines: [...lines], ...leftIn(order) }
  return { status, data }
}

/** Decides the acceptance of a return. */
export const decideAccepted = (order: Paid, returnId: ReturnId) => {
  const open = openReturn(order, returnId)
  if ('refused' in open) return open
  if (open.status === 'declined') return refuse('ReturnDeclined')
  return open.status === 'accepted'
    ? []
    : [{ type: 'OrderReturnAccepted' as const, data: open.data }]
}

/** Decides the rejection of a return, also of an accepted one whose goods did not arrive. */
export const decideDeclined = (order: Paid, returnId: ReturnId, reason: string | undefined) => {
  const open = openReturn(order, returnId)
  if ('refused' in open) return open
  if (open.status === 'declined') return []
  const why = reason === undefined ? {} : { reason }
  return [{ type: 'OrderReturnDeclined' as const, data: { ...open.data, ...why } }]
}

/**
 * Decides the arrival of a parcel that could not be delivered: what was not refunded or returned before is returned and put
 * back into stock, and all that is left of the money is refunded, the delivery included. Pieces that were refunded on
 * their way without a return are not restocked: whether they were in the parcel is not known.
 */
export const decideUndelivered = (order: Paid, returnId: ReturnId) => {
  const refundId = refundIdOf(returnId)
  if (returnId in order.returns || refundId in order.refunds) return []
  const answer = mayAsk.RequestReturn[order.stage]
  const [owed, left] = [refundable(order), moneyLeft(order)]
  const refund = owed.length > 0 || left > 0
  const more = { refundId, reason: 'undelivered', restock: false }
  // Its goods are refunded or back already: the delivery, for one, may still have to be refunded.
  if (order.stage === 'REFUNDED' || order.stage === 'RETURNED')
    return refund ? [refundAsked(order, owed, left, more)] : []
  if (answer !== 'go') return refuse(answer)
  const received = Object.values(order.returns).filter(({ status }) => status === 'received')
  const gone = [...linesOf(withoutReturn(order)), ...linesOf(received)]
  const lines = [...without(order.items, gone)]
  const data = { returnId, userId: order.userId, lines }
  return [
    { type: 'OrderReturnRequested' as const, data },
    {
      type: 'OrderReturnReceived' as const,
      data: {
        ...data,
        restock: [...restockable(order, lines)],
        status: 'RETURNED' as const,
        ...leftIn(order),
      },
    },
    ...(refund ? [refundAsked(order, owed, left, { ...more, returnId })] : []),
  ]
}

/** Decides the arrival of returned goods, and requests the refund of those that are not refunded yet. */
export const decideReceived = (order: Paid, returnId: ReturnId, restock: boolean) => {
  const open = openReturn(order, returnId)
  if ('refused' in open) return open.refused === 'ReturnReceived' ? [] : open
  if (open.status === 'declined') return refuse('ReturnDeclined')
  const { lines } = open.data
  const received = Object.values(order.returns).filter(({ status }) => status === 'received')
  const back = [...lines, ...linesOf(received), ...linesOf(withoutReturn(order))]
  const isAllBack = without(order.items, back).length === 0
  const owed = within(refundable(order), lines)
  const amount = Math.min(priceOf(order.items, owed), moneyLeft(order))
  const more = { refundId: refundIdOf(returnId), returnId, reason: 'returned', restock: false }
  const status = isAllBack ? ('RETURNED' as const) : order.status
  return [
    {
      type: 'OrderReturnReceived' as const,
      data: { ...open.data, restock: restock ? [...restockable(order, lines)] : [], status },
    },
    ...(owed.length > 0 ? [refundAsked(order, owed, amount, more)] : []),
  ]
}
