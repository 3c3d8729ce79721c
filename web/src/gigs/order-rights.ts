import type { DataOf } from '../api/client.ts'

/** An order, as its parties read it. */
export type Order = DataOf<'/api/v1/orders/{id}', 'get'>

/** A side of an order of a gig. */
export type Side = 'buyer' | 'seller'

/** How a side ends an order: at once, by agreement to a proposal, or by a proposal. */
export type Cancelling = 'now' | 'agree' | 'propose'

/** What a side may do in an order of a gig. */
export type Rights = {
  readonly deliver: boolean
  readonly accept: boolean
  readonly requestRevision: boolean
  readonly review: boolean
  /** Undefined when the order cannot be cancelled, or the side has proposed it already. */
  readonly cancel: Cancelling | undefined
}

/** Returns the side of a user; undefined for anybody else, such as an admin. */
export const sideOf = (
  { userId, sellerId }: Pick<Order, 'userId' | 'sellerId'>,
  user: { readonly userId: string } | undefined,
): Side | undefined =>
  user?.userId === userId ? 'buyer' : user?.userId === sellerId ? 'seller' : undefined

/** Whether a seller works on an order. */
export const isInWork = ({ status }: Pick<Order, 'status'>): boolean =>
  status === 'IN_PROGRESS' || status === 'IN_REVISION'

/** Whether the delivery of an order is late. @param now ms since 1970 */
const isOverdue = ({ status, work }: Pick<Order, 'status' | 'work'>, now: number): boolean =>
  isInWork({ status }) &&
  (work?.overdue === true || (work?.dueAt !== undefined && Date.parse(work.dueAt) < now))

const cancellingOf = (
  order: Pick<Order, 'status' | 'work'>,
  side: Side,
  now: number,
): Cancelling | undefined => {
  const { status, work } = order
  if (status === 'PENDING') return 'now'
  const isOpen = isInWork(order) || status === 'DELIVERED'
  if (!isOpen || work?.acceptedAt !== undefined) return undefined
  if (side === 'buyer' && isOverdue(order, now)) return 'now'
  const proposedBy = work?.cancellation?.proposedBy
  if (proposedBy === side) return undefined
  return proposedBy === undefined ? 'propose' : 'agree'
}

/** Returns what a side may do in an order of a gig; the API has the last word. @param now ms since 1970 */
export const rightsOf = (
  order: Pick<Order, 'status' | 'work'>,
  side: Side | undefined,
  now: number,
): Rights => {
  const { status, work } = order
  const isAnswered = status !== 'DELIVERED' || work?.acceptedAt !== undefined
  return {
    deliver: side === 'seller' && isInWork(order),
    accept: side === 'buyer' && !isAnswered,
    requestRevision: side === 'buyer' && !isAnswered && (work?.revisionsLeft ?? 0) > 0,
    review: side !== undefined && (status === 'COMPLETED' || status === 'PARTLY_REFUNDED'),
    cancel: side && cancellingOf(order, side, now),
  }
}
