import { Type, type Static } from 'typebox'
import { categoryOf, Fields, type EventOf } from '#kernel'
import { gigOrder } from '../domains/ordering/language.ts'
import { ratedSubject, unrated, type Rating } from './rating.ts'

/** Numbers of orders of a gig. */
export const OrderCounts = Fields({
  /** Orders that the seller works on. */
  active: Type.Integer({ minimum: 0 }),
  completed: Type.Integer({ minimum: 0 }),
})
export type OrderCounts = Static<typeof OrderCounts>

/** Standing of a new gig. Orders and reviews change it, in the rules of the read models of gigs. */
export const newcomer: { readonly rating: Rating; readonly orders: OrderCounts } = {
  rating: unrated,
  orders: { active: 0, completed: 0 },
}

/** Events that change the numbers of orders of a gig. */
type CountedEvent = Extract<
  EventOf<typeof gigOrder>,
  { type: 'GigOrderStarted' | 'GigOrderCompleted' | 'GigOrderCancelled' }
>

/** Returns the numbers of orders of a gig after an event of one of them. It needs no earlier events. */
export const counted = (
  { active, completed }: OrderCounts,
  { type, data }: CountedEvent,
): OrderCounts => {
  if (type === 'GigOrderStarted') return { active: active + 1, completed }
  // An order that never began was not counted.
  const wasActive = data.heldSince !== undefined
  return {
    active: Math.max(0, active - (wasActive ? 1 : 0)),
    completed: completed + (type === 'GigOrderCompleted' ? 1 : 0),
  }
}

/**
 * Returns the key of the document of a gig that an event changes: of the gig itself, of a review of it, or of an order
 * of it.
 */
export const gigKeyOf = (event: {
  readonly stream: string
  readonly id: string
  readonly data: object
}): string | undefined => {
  if (categoryOf(event.stream) !== gigOrder.name) return ratedSubject(event, 'gig')
  const { data } = event
  return 'gigId' in data && typeof data.gigId === 'string' ? data.gigId : undefined
}
