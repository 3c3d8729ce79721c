import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import { unrated, type Rating } from './rating.ts'

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
