import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'

/** Rating of a gig by its reviews. */
export const Rating = Fields({
  /** Mean of the ratings, 1 to 5; 0 without a rating. */
  average: Type.Number({ minimum: 0, maximum: 5 }),
  count: Type.Integer({ minimum: 0 }),
  /** Sum of the ratings. */
  sum: Type.Integer({ minimum: 0 }),
})
export type Rating = Static<typeof Rating>

/** Numbers of orders of a gig. */
export const OrderCounts = Fields({
  /** Orders that the seller works on. */
  active: Type.Integer({ minimum: 0 }),
  completed: Type.Integer({ minimum: 0 }),
})
export type OrderCounts = Static<typeof OrderCounts>

/** Standing of a new gig. Orders and reviews change it, in the rules of the read models of gigs. */
export const newcomer: { readonly rating: Rating; readonly orders: OrderCounts } = {
  rating: { average: 0, count: 0, sum: 0 },
  orders: { active: 0, completed: 0 },
}
