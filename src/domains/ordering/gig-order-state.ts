import type { GigId, Money, RefundId, UserId } from '../shared/index.ts'
import type { GigOrderStatus, Party } from './gig-order-status.ts'

/** In place of words of a seller who has left; the same as of words that can no longer be decrypted. */
export const forgottenWords = 'forgotten'

/** A refund of an order of a gig. */
type GigRefund = {
  readonly status: 'pending' | 'done' | 'failed'
  readonly amount: Money
}

/** Parties, gig and price of an order. */
export type Sale = {
  readonly userId: UserId
  readonly sellerId: UserId
  readonly gigId: GigId
  readonly price: Money
}

/** An order of a gig that was placed. */
export type PlacedGigOrder = Sale & {
  readonly status: GigOrderStatus
  readonly title: string
  readonly package: string
  readonly deliveryDays: number
  /** Number of revisions in the package. */
  readonly revisions: number
  /** Number of requested revisions. */
  readonly revised: number
  /** Number of deliveries. */
  readonly deliveries: number
  /** Since when the money is held, ISO 8601 in UTC. */
  readonly heldSince?: string
  /** When the next delivery is due, ISO 8601 in UTC. */
  readonly dueAt?: string
  /** Number of the last delivery after which the next one was recorded as overdue. */
  readonly overdueAfter?: number
  /** The work is accepted, and the money is being taken. */
  readonly accepted?: true
  /** The side that has proposed to cancel. */
  readonly proposedBy?: Party | undefined
  /** Parties that have left Agora. */
  readonly left: readonly Party[]
  readonly refunds: Readonly<Record<RefundId, GigRefund>>
}

/** State of an order of a gig. */
export type GigOrderState = { readonly status: 'NEW' } | PlacedGigOrder

/** Returns parties, gig and price alone, for events. */
export const saleOf = ({ userId, sellerId, gigId, price }: Sale) => ({
  userId,
  sellerId,
  gigId,
  price,
})

/** Returns the number of revisions that the buyer may still ask for. */
export const revisionsLeft = ({
  revisions,
  revised,
}: Pick<PlacedGigOrder, 'revisions' | 'revised'>): number => Math.max(0, revisions - revised)

/** Returns the refunded money of an order. @param statuses of the refunds that count */
export const refundedOfGig = (
  { refunds, price }: Pick<PlacedGigOrder, 'refunds' | 'price'>,
  ...statuses: readonly GigRefund['status'][]
): Money => ({
  ...price,
  amount: Object.values(refunds)
    .filter(({ status }) => statuses.includes(status))
    .reduce((sum, { amount }) => sum + amount.amount, 0),
})
