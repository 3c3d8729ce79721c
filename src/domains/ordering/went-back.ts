import { refuse } from '#kernel'
import type { Money, ProductId, ReturnId, UserId } from '../shared/index.ts'
import type { Portion, WantedPieces } from './refund-messages.ts'
import type { OrderStatus, Stage } from './transitions.ts'

/** Fields of an order's line that these rules use. */
type Item = { readonly refId: ProductId; readonly quantity: number; readonly price: Money }

/** A refund with its status. */
export type Refund = {
  readonly status: 'pending' | 'done' | 'failed'
  readonly lines: readonly Portion[]
  /** In minor units of the order's currency. */
  readonly amount: number
  readonly reason: string
  /** Pieces that it puts back into stock. */
  readonly restock: readonly Portion[]
  /** Return that led to it. */
  readonly returnId?: ReturnId
}

/** A return of goods. */
type Return = {
  readonly status: 'requested' | 'accepted' | 'declined' | 'received'
  readonly lines: readonly Portion[]
  /** Pieces that were put back into stock when it was received. */
  readonly restock: readonly Portion[]
}

/** Refunds and returns of an order by id, oldest first. */
export type WentBack = {
  readonly refunds: Readonly<Record<string, Refund>>
  readonly returns: Readonly<Record<string, Return>>
}

/** Fields of a placed order that these rules use. */
export type Paid = WentBack & {
  readonly status: OrderStatus
  readonly stage: Stage
  readonly userId: UserId
  readonly items: readonly Item[]
  readonly total: Money
  readonly left?: true
  readonly unaddressed?: true
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/** Returns the number of pieces of one line among portions. */
const piecesIn = (line: number, portions: readonly Portion[]): number =>
  sum(portions.filter((portion) => portion.line === line).map(({ quantity }) => quantity))

/** Returns the refunds of an order that match a predicate. */
export const refundsThat = (
  { refunds }: Pick<WentBack, 'refunds'>,
  is: (refund: Refund) => boolean,
): readonly Refund[] => Object.values(refunds).filter(is)

/** Returns the portions of several refunds or returns. */
export const linesOf = (
  some: readonly { readonly lines: readonly Portion[] }[],
): readonly Portion[] => some.flatMap(({ lines }) => lines)

/** Returns the pieces of an order that are not among some portions. */
export const without = (items: readonly Item[], gone: readonly Portion[]): readonly Portion[] =>
  items.flatMap(({ refId, quantity }, line) => {
    const left = quantity - piecesIn(line, gone)
    return left > 0 ? [{ line, refId, quantity: left }] : []
  })

/** Returns the intersection of portions, one portion for each line. */
export const within = (some: readonly Portion[], others: readonly Portion[]): readonly Portion[] =>
  some.flatMap((portion) => {
    const quantity = Math.min(portion.quantity, piecesIn(portion.line, others))
    return quantity > 0 ? [{ ...portion, quantity }] : []
  })

/** Returns whether a refund is completed or pending. */
export const counts = ({ status }: Refund): boolean => status !== 'failed'

/** Returns the pieces without a completed or pending refund. */
export const refundable = (order: Paid): readonly Portion[] =>
  without(order.items, linesOf(refundsThat(order, counts)))

/** Returns the completed and pending refunds without a return. */
export const withoutReturn = (order: Paid): readonly Refund[] =>
  refundsThat(order, (refund) => counts(refund) && refund.returnId === undefined)

/** Returns the pieces that may still be returned: not refunded without a return, and not in another return. */
export const returnable = (order: Paid): readonly Portion[] => {
  const coming = Object.values(order.returns).filter(({ status }) => status !== 'declined')
  return without(order.items, [...linesOf(withoutReturn(order)), ...linesOf(coming)])
}

/** Returns the portions that were not put back into stock before, so that no piece is counted twice. */
export const restockable = (order: Paid, lines: readonly Portion[]): readonly Portion[] => {
  const refunds = refundsThat(order, counts).map(({ restock }) => restock)
  const returns = Object.values(order.returns).map(({ restock }) => restock)
  return within(without(order.items, [...refunds, ...returns].flat()), lines)
}

/** Returns whether all pieces have a completed or pending refund. */
export const isTakenBack = (order: Paid): boolean => refundable(order).length === 0

/** Returns the paid amount less completed and pending refunds, in minor units. */
export const moneyLeft = (order: Paid): number =>
  order.total.amount - sum(refundsThat(order, counts).map(({ amount }) => amount))

/** Returns the refunded money of an order. */
export const refundedOf = (order: Pick<Paid, 'refunds' | 'total'>): Money => ({
  amount: sum(refundsThat(order, ({ status }) => status === 'done').map(({ amount }) => amount)),
  currency: order.total.currency,
})

/** Chooses requested pieces among the remaining ones, from lines of the same product in their order; or refuses. */
export const choose = (
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

/** Returns the price of portions, in minor units. */
export const priceOf = (items: readonly Item[], lines: readonly Portion[]): number =>
  sum(lines.map(({ line, quantity }) => quantity * (items[line]?.price.amount ?? 0)))

/** Marks events of orders whose buyer has left, for whom no notifications are sent. In older orders the erased address says so. */
export const leftIn = ({ left, unaddressed }: Paid): { readonly buyerLeft?: true } =>
  left || unaddressed ? { buyerLeft: true } : {}
