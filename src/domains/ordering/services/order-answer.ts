import { Type, type Static } from 'typebox'
import type { StateOf } from '#kernel'
import { order, OrderItem, OrderStatus, refundedOf } from '../language.ts'
import { Money, OrderId, UserId } from '../../shared/index.ts'
import type { Executed, Executor } from '../../../runtime/execution.ts'
import { notFound } from '../../../serving/problem.ts'
import type { Answer } from '../../../serving/route.ts'

/** An order after the command that changed it. */
export const Order = Type.Object({
  id: OrderId,
  userId: UserId,
  status: OrderStatus,
  items: Type.Array(OrderItem),
  total: Money,
  refunded: Type.Optional(Money),
})
export type Order = Static<typeof Order>

const orderOf = (id: OrderId, state: StateOf<typeof order>): Order => {
  if (state.status === 'NEW') throw notFound('order')
  const { userId, status, items, total } = state
  const refunded = refundedOf(state)
  return {
    id,
    userId,
    status,
    items: [...items],
    total,
    ...(refunded.amount > 0 && { refunded }),
  }
}

/** Returns the answer to a command, with the changed order. */
export const changed = (
  id: OrderId,
  { state, position, revision }: Executed<typeof order>,
): Answer<Order> => ({ data: orderOf(id, state), position, revision })

/** Reads an order from its stream, which is always current. @throws Problem 404 when there is no such order */
export const orderState = async (
  executor: Executor,
  id: OrderId,
): Promise<Order & { readonly position: bigint; readonly revision: number }> => {
  const { state, position, revision } = await executor.stateOf(order, id)
  return { ...orderOf(id, state), position, revision }
}
