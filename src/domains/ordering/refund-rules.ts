import { derivedId, refuse } from '#kernel'
import {
  RefundId,
  type Money,
  type ProductId,
  type ReturnId,
  type UserId,
} from '../shared/index.ts'
import type { Portion, WantedPieces } from './refund-messages.ts'
import { mayAsk, type OrderStatus, type Stage } from './transitions.ts'

/** One line of an order, as far as these rules need it. */
type Item = { readonly refId: ProductId; readonly quantity: number; readonly price: Money }

/** Money that was asked back, and what became of it. */
type Refund = {
  readonly status: 'pending' | 'done' | 'failed'
  readonly lines: readonly Portion[]
  /** Minor units of the order's currency. */
  readonly amount: number
  readonly reason: string
  /** The pieces that go back on sale with it. */
  readonly restock: readonly Portion[]
  /** The return that led to it. */
  readonly returnId?: ReturnId
}

/** Goods that the buyer sends back. */
type Return = {
  readonly status: 'requested' | 'accepted' | 'declined' | 'received'
  readonly lines: readonly Portion[]
  /** The pieces that went back on sale when it was received. */
  readonly restock: readonly Portion[]
}

/** What went back of an order, or is to, by id and oldest first. */
export type WentBack = {
  readonly refunds: Readonly<Record<string, Refund>>
  readonly returns: Readonly<Record<string, Return>>
}

/** A placed order, as far as these rules need it. */
type Paid = WentBack & {
  readonly status: OrderStatus
  readonly stage: Stage
  readonly userId: UserId
  readonly items: readonly Item[]
  readonly total: Money
  readonly left?: true
  readonly unaddressed?: true
}

/** So many returns of one order are taken, declined ones among them: its state does not grow without end. */
const mostReturns = 100

/** The refund that a received return leads to. */
export const refundIdOf = (returnId: ReturnId): RefundId => derivedId(RefundId, returnId, 'refund')

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/** How many pieces of one line are among these. */
const piecesIn = (line: number, portions: readonly Portion[]): number =>
  sum(portions.filter((portion) => portion.line === line).map(({ quantity }) => quantity))

const refundsThat = (
  { refunds }: Pick<WentBack, 'refunds'>,
  is: (refund: Refund) => boolean,
): readonly Refund[] => Object.values(refunds).filter(is)

const linesOf = (some: readonly { readonly lines: readonly Portion[] }[]): readonly Portion[] =>
  some.flatMap(({ lines }) => lines)

/** The pieces of an order without these. */
const without = (items: readonly Item[], gone: readonly Portion[]): readonly Portion[] =>
  items.flatMap(({ refId, quantity }, line) => {
    const left = quantity - piecesIn(line, gone)
    return left > 0 ? [{ line, refId, quantity: left }] : []
  })

/** Those of some pieces that are among others as well, one portion a line. */
const within = (some: readonly Portion[], others: readonly Portion[]): readonly Portion[] =>
  some.flatMap((portion) => {
    const quantity = Math.min(portion.quantity, piecesIn(portion.line, others))
    return quantity > 0 ? [{ ...portion, quantity }] : []
  })

const counts = ({ status }: Refund): boolean => status !== 'failed'

/** The pieces whose money was neither given back nor asked back. */
const refundable = (order: Paid): readonly Portion[] =>
  without(order.items, linesOf(refundsThat(order, counts)))

/** The pieces that may still be sent back: with the buyer, paid for, and not on their way. */
const returnable = (order: Paid): readonly Portion[] => {
  const kept = refundsThat(order, (refund) => counts(refund) && refund.returnId === undefined)
  const coming = Object.values(order.returns).filter(({ status }) => status !== 'declined')
  return without(order.items, [...linesOf(kept), ...linesOf(coming)])
}

/** Those of some pieces that did not go back on sale before: no piece is counted twice. */
const restockable = (order: Paid, lines: readonly Portion[]): readonly Portion[] => {
  const refunds = refundsThat(order, counts).map(({ restock }) => restock)
  const returns = Object.values(order.returns).map(({ restock }) => restock)
  return within(without(order.items, [...refunds, ...returns].flat()), lines)
}

/** Whether the money of all pieces was given back or asked back. */
export const isTakenBack = (order: Paid): boolean => refundable(order).length === 0

/** How much of what was paid was neither given back nor asked back, minor units. */
const moneyLeft = (order: Paid): number =>
  order.total.amount - sum(refundsThat(order, counts).map(({ amount }) => amount))

/** All that was given back of an order by now. */
export const refundedOf = (order: Pick<Paid, 'refunds' | 'total'>): Money => ({
  amount: sum(refundsThat(order, ({ status }) => status === 'done').map(({ amount }) => amount)),
  currency: order.total.currency,
})

/** Takes the pieces that somebody wants from those that are left; lines of the same thing in their order. */
const choose = (
  wanted: readonly WantedPieces[],
  items: readonly Item[],
  left: readonly Portion[],
) => {
  const chosen: Portion[] = []
  for (const { line, refId, quantity } of wanted) {
    const isMeant = (at: number, id: string) =>
      (line === undefined || line === at) && (refId === undefined || refId === id)
    const names = line !== undefined || refId !== undefined
    if (!names || !items.some((item, at) => isMeant(at, item.refId))) return refuse('UnknownLine')
    let missing = quantity
    for (const portion of left) {
      if (!isMeant(portion.line, portion.refId)) continue
      const taken = Math.min(missing, portion.quantity - piecesIn(portion.line, chosen))
      if (taken > 0) chosen.push({ ...portion, quantity: taken })
      missing -= taken
    }
    if (missing > 0) return refuse('MoreThanLeft')
  }
  return within(left, chosen)
}

const priceOf = (items: readonly Item[], lines: readonly Portion[]): number =>
  sum(lines.map(({ line, quantity }) => quantity * (items[line]?.price.amount ?? 0)))

/** The buyer is told nothing once they have left. Orders of before know it by the address that was forgotten. */
export const leftIn = ({ left, unaddressed }: Paid): { readonly buyerLeft?: true } =>
  left || unaddressed ? { buyerLeft: true } : {}

const asked = (
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
 * Asks for money back. Pieces give back what they cost, and never more than is left of what was paid; whoever takes all
 * that is left of one takes all that is left of the other.
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
    return [asked(order, lines, Math.min(priceOf(order.items, lines), left), more)]
  }
  if (amount && amount.currency !== order.total.currency) return refuse('OtherCurrency')
  if (amount && amount.amount > left) return refuse('MoreThanPaid')
  return amount && amount.amount < left
    ? [asked(order, [], amount.amount, more)]
    : [asked(order, pieces, left, more)]
}

/** Where an order stands once the pieces of a refund are paid back too. */
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
  return {
    type: 'OrderRefunded' as const,
    data: {
      refundId,
      userId: order.userId,
      lines: [...lines],
      amount: { amount, currency },
      refunded: { amount: refundedOf(order).amount + amount, currency },
      restock: [...restock],
      status: statusWith(order, lines),
      ...leftIn(order),
    },
  }
}

/** Records that the money of a refund is back. */
export const decideRefunded = (order: Paid, refundId: RefundId) => {
  const refund = order.refunds[refundId]
  if (!refund) return refuse('NoSuchRefund')
  return refund.status === 'pending' ? [given(order, refundId, refund)] : []
}

/** Records that the money of a refund does not go back. */
export const decideRefundFailed = (order: Paid, refundId: RefundId, reason: string) => {
  const refund = order.refunds[refundId]
  if (!refund) return refuse('NoSuchRefund')
  return refund.status === 'pending'
    ? [{ type: 'OrderRefundFailed' as const, data: { refundId, reason } }]
    : []
}

/** Takes in a refund of everything that was made when payments did not ask orders. */
export const decideAdopted = (order: Paid, refundId: RefundId) => {
  const answer = mayAsk.RequestRefund[order.stage]
  if (answer !== 'go') return refuse(answer)
  // Those that failed gave nothing back.
  if (refundsThat(order, counts).length > 0) return []
  const all = { lines: refundable(order), amount: moneyLeft(order), restock: [] }
  const { type, data } = given(order, refundId, all)
  return [{ type, data: { ...data, adopted: true as const } }]
}

/** Asks to send goods back. */
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
  if (Object.keys(order.returns).length >= mostReturns) return refuse('TooManyReturns')
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

/** The return that somebody of the shop decides about, if that is open. */
const openReturn = (order: Paid, returnId: ReturnId) => {
  const found = order.returns[returnId]
  if (!found) return refuse('NoSuchReturn')
  const { status, lines } = found
  if (status === 'received') return refuse('ReturnReceived')
  const data = { returnId, userId: order.userId, lines: [...lines], ...leftIn(order) }
  return { status, data }
}

/** Lets goods be sent back. */
export const decideAccepted = (order: Paid, returnId: ReturnId) => {
  const open = openReturn(order, returnId)
  if ('refused' in open) return open
  if (open.status === 'declined') return refuse('ReturnDeclined')
  return open.status === 'accepted'
    ? []
    : [{ type: 'OrderReturnAccepted' as const, data: open.data }]
}

/** Does not take goods back, also when that had been promised and nothing came. */
export const decideDeclined = (order: Paid, returnId: ReturnId, reason: string | undefined) => {
  const open = openReturn(order, returnId)
  if ('refused' in open) return open
  if (open.status === 'declined') return []
  const why = reason === undefined ? {} : { reason }
  return [{ type: 'OrderReturnDeclined' as const, data: { ...open.data, ...why } }]
}

/** Takes goods in, and asks for their money back as far as that has not been done. */
export const decideReceived = (order: Paid, returnId: ReturnId, restock: boolean) => {
  const open = openReturn(order, returnId)
  if ('refused' in open) return open.refused === 'ReturnReceived' ? [] : open
  if (open.status === 'declined') return refuse('ReturnDeclined')
  const { lines } = open.data
  const received = Object.values(order.returns).filter(({ status }) => status === 'received')
  const kept = refundsThat(order, (refund) => counts(refund) && refund.returnId === undefined)
  const back = [...lines, ...linesOf(received), ...linesOf(kept)]
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
    ...(owed.length > 0 ? [asked(order, owed, amount, more)] : []),
  ]
}
