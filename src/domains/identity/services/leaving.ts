import { Type, type Static } from 'typebox'
import type { StateOf } from '#kernel'
import type { account } from '../language.ts'
import { OrderId, type UserId } from '../../shared/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { orders } from '../../../projections/index.ts'
import { Problem } from '../../../serving/problem.ts'

/** What becomes of a user's orders when they leave. */
export const OpenOrders = Type.Object({
  calledOff: Type.Array(OrderId, { description: 'They were not paid' }),
  toShip: Type.Array(OrderId, {
    description:
      'They are paid: where they go is known until they are on their way, or the money is given back',
  }),
})

/** The same, when nobody waits for parcels. */
export const LostOrders = Type.Object({
  ...OpenOrders.properties,
  toShip: Type.Array(OrderId, {
    description: 'They are paid: nobody will know where they go, so give the money back',
  }),
})

/** So many orders of a kind are named at the most. */
const named = 100

/**
 * The orders of somebody that have not come to their end, every one among them that was acknowledged before.
 * @throws NotCaughtUp when the read model does not catch up in time: money is given back by this list
 */
export const openOrdersOf = async (
  readModels: Pick<ReadModels, 'find' | 'reach'>,
  userId: UserId,
): Promise<Static<typeof OpenOrders>> => {
  const minPosition = await readModels.reach(orders, 'head')
  const at = (...statuses: readonly string[]) =>
    readModels.find(
      orders,
      { where: { userId, status: { in: statuses } }, sort: ['createdAt'], limit: named },
      minPosition,
    )
  const [unpaid, paid] = await Promise.all([
    at('PENDING', 'STOCK_RESERVED'),
    at('PAID', 'CONFIRMED'),
  ])
  return {
    calledOff: unpaid.documents.map(({ id }) => id),
    toShip: paid.documents.filter(({ shippingAddress }) => shippingAddress).map(({ id }) => id),
  }
}

/**
 * Lets nobody leave who is an admin: nobody takes that role from themselves, so that there is always an admin left.
 * @throws Problem 409
 */
export const mustBeNoAdmin = (state: StateOf<typeof account>): void => {
  if (state.status === 'new' || state.status === 'closed' || !state.roles.includes('admin')) return
  throw new Problem(
    409,
    'still_admin',
    'An admin does not leave; another admin must take the role away first.',
  )
}
