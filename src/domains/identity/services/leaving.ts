import { Type, type Static } from 'typebox'
import type { StateOf } from '#kernel'
import type { account } from '../language.ts'
import { OrderId, type UserId } from '../../shared/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { orders } from '../../../projections/index.ts'
import { Problem } from '../../../serving/problem.ts'

/** Open orders of a user who leaves. */
export const OpenOrders = Type.Object({
  calledOff: Type.Array(OrderId, {
    description: 'Unpaid ones, and gigs that are not delivered, which are cancelled',
  }),
  toShip: Type.Array(OrderId, {
    description: 'Paid ones: their address is erased once they are shipped or refunded',
  }),
})

/** The same, for an erasure that does not wait for shipments. */
export const LostOrders = Type.Object({
  ...OpenOrders.properties,
  toShip: Type.Array(OrderId, {
    description: 'Paid ones: their address is erased, so refund them',
  }),
})

/** Greatest number of orders of a kind in the list. */
const named = 100

/**
 * Lists the open orders of a user, including all that were acknowledged before.
 * @throws NotCaughtUp when the read model does not catch up in time: admins refund by this list, so it must be complete
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
    at('PENDING', 'STOCK_RESERVED', 'IN_PROGRESS'),
    at('PAID', 'CONFIRMED'),
  ])
  return {
    calledOff: unpaid.documents.map(({ id }) => id),
    toShip: paid.documents.filter(({ shippingAddress }) => shippingAddress).map(({ id }) => id),
  }
}

/**
 * Refuses that an admin leaves. Admins cannot revoke their own role, so that one admin always remains.
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
