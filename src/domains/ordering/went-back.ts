import { refuse } from '#kernel'
import type { Money, ProductId, ReturnId, UserId } from '../shared/index.ts'
import type { Portion, WantedPieces } from './refund-messages.ts'
import type { OrderStatus, Stage } from './transitions.ts'

/** One line of an order, as far as these rules need it. */
type Item = { readonly refId: ProductId; readonly quantity: number; readonly price: Money }

/** Money that was asked back, and what became of it. */
export type Refund = {
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

/** How many pieces of one line are among these. */
const piecesIn = (line: number, portions: readonly Portion[]): number =>
  sum(portions.filter((portion) => portion.line === line).map(({ quantity }) => quantity))

/** The refunds of an order that are of a kind. */
export const refundsThat = (
  { refunds }: Pick<WentBack, 'refunds'>,
  is: (refund: Refund) => boolean,
): readonly Refund[] => Object.values(refunds).filter(is)

/** The pieces of several refunds or returns. */
export const linesOf = (
  some: readonly { readonly lines: readonly Portion[] }[],
): readonly Portion[] => some.flatMap(({ lines }) => lines)

/** The pieces of an order without these. */
export const without = (items: readonly Item[], gone: readonly Portion[]): readonly Portion[] =>
  items.flatMap(({ refId, quantity }, line) => {
    const left = quantity - piecesIn(line, gone)
    return left > 0 ? [{ line, refId, quantity: left }] : []
  })

/** Those of some pieces that are among others as well, one portion a line. */
export const within = (some: readonly Portion[], others: readonly Portion[]): readonly Portion[] =>
  some.flatMap((portion) => {
    const quantity = Math.min(portion.quantity, piecesIn(portion.line, others))
    return quantity > 0 ? [{ ...portion, quantity }] : []
  })

/** Whether a refund gave money back, or is to. */
export const counts = ({ status }: Refund): boolean => status !== 'failed'

/** The pieces whose money was neither given back nor asked back. */
export const refundable = (order: Paid): readonly Portion[] =>
  without(order.items, linesOf(refundsThat(order, counts)))

/** The refunds that no return has led to: their pieces stay where they are. */
export const withoutReturn = (order: Paid): readonly Refund[] =>
  refundsThat(order, (refund) => counts(refund) && refund.returnId === undefined)

/** The pieces that may still be sent back: with the buyer, paid for, and not on their way. */
export const returnable = (order: Paid): readonly Portion[] => {
  const coming = Object.values(order.returns).filter(({ status }) => status !== 'declined')
  return without(order.items, [...linesOf(withoutReturn(order)), ...linesOf(coming)])
}

/** Those of some pieces that did not go back on sale before: no piece is counted twice. */
export const restockable = (order: Paid, lines: readonly Portion[]): readonly Portion[] => {
  const refunds = refundsThat(order, counts).map(({ restock }) => restock)
  const returns = Object.values(order.returns).map(({ restock }) => restock)
  return within(without(order.items, [...refunds, ...returns].flat()), lines)
}

/** Whether the money of all pieces was given back or asked back. */
export const isTakenBack = (order: Paid): boolean => refundable(order).length === 0

/** How much of what was paid was neither given back nor asked back, minor units. */
export const moneyLeft = (order: Paid): number =>
  order.total.amount - sum(refundsThat(order, counts).map(({ amount }) => amount))

/** All that was given back of an order by now. */
export const refundedOf = (order: Pick<Paid, 'refunds' | 'total'>): Money => ({
  amount: sum(refundsThat(order, ({ status }) => status === 'done').map(({ amount }) => amount)),
  currency: order.total.currency,
})

/** Takes the pieces that somebody wants from those that are left; lines of the same thing in their order. */
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

/** What pieces cost, minor units. */
export const priceOf = (items: readonly Item[], lines: readonly Portion[]): number =>
  sum(lines.map(({ line, quantity }) => quantity * (items[line]?.price.amount ?? 0)))

/** The buyer is told nothing once they have left. Orders of before know it by the address that was forgotten. */
export const leftIn = ({ left, unaddressed }: Paid): { readonly buyerLeft?: true } =>
  left || unaddressed ? { buyerLeft: true } : {}
