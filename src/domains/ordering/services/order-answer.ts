import { Type, type Static } from 'typebox'
import { Timestamp, type StateOf } from '#kernel'
import {
  AnyOrderItem,
  AnyOrderStatus,
  gigItemOf,
  gigOrder,
  order,
  Party,
  RecordedShipping,
  refundedOf,
  refundedOfGig,
  revisionsLeft,
} from '../language.ts'
import { Money, OrderId, UserId } from '../../shared/index.ts'
import type { Executed, Executor } from '../../../runtime/execution.ts'
import { notFound } from '../../../serving/problem.ts'
import type { Answer } from '../../../serving/route.ts'

/** An order after the command that changed it. */
export const Order = Type.Object({
  id: OrderId,
  userId: UserId,
  sellerId: Type.Optional(UserId),
  status: AnyOrderStatus,
  items: Type.Array(AnyOrderItem),
  /** Its cost is a part of the total. */
  shipping: Type.Optional(RecordedShipping),
  total: Money,
  refunded: Type.Optional(Money),
  dueAt: Type.Optional(
    Type.Unsafe<string>({ ...Timestamp, description: 'When a gig is to be delivered' }),
  ),
  revisionsLeft: Type.Optional(Type.Integer({ description: 'That the buyer may still ask for' })),
  accepted: Type.Optional(
    Type.Literal(true, { description: 'The work is accepted, and the money is being taken' }),
  ),
  cancellationProposedBy: Type.Optional(Party),
})
export type Order = Static<typeof Order>

/** Position and revision of an order's stream. */
type At = { readonly position: bigint; readonly revision: number }

const orderOf = (id: OrderId, state: StateOf<typeof order>): Order => {
  if (state.status === 'NEW') throw notFound('order')
  const { userId, status, items, shipping, total } = state
  const refunded = refundedOf(state)
  return {
    id,
    userId,
    status,
    items: [...items],
    ...(shipping && { shipping }),
    total,
    ...(refunded.amount > 0 && { refunded }),
  }
}

const gigOrderOf = (id: OrderId, state: StateOf<typeof gigOrder>): Order => {
  if (state.status === 'NEW') throw notFound('order')
  const { userId, sellerId, status, price: total, dueAt, accepted, proposedBy } = state
  const refunded = refundedOfGig(state, 'done')
  const isAwaited = status === 'IN_PROGRESS' || status === 'IN_REVISION'
  return {
    id,
    userId,
    sellerId,
    status,
    items: [gigItemOf(state)],
    total,
    ...(refunded.amount > 0 && { refunded }),
    ...(isAwaited && dueAt !== undefined && { dueAt }),
    revisionsLeft: revisionsLeft(state),
    ...(accepted && { accepted }),
    ...(proposedBy && { cancellationProposedBy: proposedBy }),
  }
}

/** Returns the answer to a command, with the changed order. */
export const changed = (
  id: OrderId,
  { state, position, revision }: Executed<typeof order>,
): Answer<Order> => ({ data: orderOf(id, state), position, revision })

/** Returns the answer to a command, with the changed order of a gig. */
export const gigOrderChanged = (
  id: OrderId,
  { state, position, revision }: Executed<typeof gigOrder>,
): Answer<Order> => ({ data: gigOrderOf(id, state), position, revision })

/** Reads an order of any kind from its stream, which is always current. @throws Problem 404 when there is no such order */
export const orderState = async (executor: Executor, id: OrderId): Promise<Order & At> => {
  const { state, position, revision } = await executor.stateOf(order, id)
  if (state.status !== 'NEW') return { ...orderOf(id, state), position, revision }
  const ofGig = await executor.stateOf(gigOrder, id)
  const { position: gigPosition, revision: gigRevision } = ofGig
  return { ...gigOrderOf(id, ofGig.state), position: gigPosition, revision: gigRevision }
}
