import { Type, type Static } from 'typebox'
import { asId, derivedId, Fields, isRefusal, type CommandOf, type StateOf } from '#kernel'
import {
  AnyOrderStatus,
  gigOrder,
  order,
  Portion,
  Wanted,
  type PlacedGigOrder,
} from '../language.ts'
import { Money, OrderId, Reason, RefundId, ReturnId } from '../../shared/index.ts'
import type { Executed, Executor, Origin } from '../../../runtime/execution.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { invalid, notFound, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { gigOrderState } from '../services/gig-orders.ts'
import { requestGigRefund } from '../services/gig-refunds.ts'
import { orderState } from '../services/order-answer.ts'
import { route } from '../../../serving/route.ts'

const Refund = Type.Object({
  id: RefundId,
  orderId: OrderId,
  status: Type.Enum(['PENDING', 'DONE', 'FAILED']),
  amount: Money,
  items: Type.Array(Portion),
  reason: Type.String(),
  restock: Type.Boolean({ description: 'Whether it puts pieces back into stock' }),
  order: Type.Object({ status: AnyOrderStatus }),
})

const Return = Type.Object({
  id: ReturnId,
  orderId: OrderId,
  status: Type.Enum(['REQUESTED', 'ACCEPTED', 'DECLINED', 'RECEIVED']),
  items: Type.Array(Portion),
  restock: Type.Boolean({ description: 'Whether it put pieces back into stock' }),
  order: Type.Object({ status: AnyOrderStatus }),
})

const refundStatus = { pending: 'PENDING', done: 'DONE', failed: 'FAILED' } as const
const returnStatus = {
  requested: 'REQUESTED',
  accepted: 'ACCEPTED',
  declined: 'DECLINED',
  received: 'RECEIVED',
} as const

type Ordered = Exclude<StateOf<typeof order>, { readonly status: 'NEW' }>

const ordered = ({ state }: Pick<Executed<typeof order>, 'state'>): Ordered => {
  if (state.status === 'NEW') throw notFound('order')
  return state
}

/** Returns a refund of an order; the last one, when the request had no effect. */
const refundOf = (orderId: OrderId, state: Ordered, id: string): Static<typeof Refund> => {
  const [found, refund] =
    Object.entries(state.refunds).find(([each]) => each === id) ??
    Object.entries(state.refunds).at(-1) ??
    []
  if (found === undefined || !refund) throw notFound('refund')
  const { status, amount, lines, reason, restock } = refund
  return {
    id: asId(RefundId, found),
    orderId,
    status: refundStatus[status],
    amount: { ...state.total, amount },
    items: [...lines],
    reason,
    restock: restock.length > 0,
    order: { status: state.status },
  }
}

/** Returns a refund of an order of a gig; the last one, when the request had no effect. */
const gigRefundOf = (
  orderId: OrderId,
  { status, refunds }: PlacedGigOrder,
  id: string,
  reason: string,
): Static<typeof Refund> => {
  const all = Object.entries(refunds)
  const [found, refund] = all.find(([each]) => each === id) ?? all.at(-1) ?? []
  if (found === undefined || !refund) throw notFound('refund')
  return {
    id: asId(RefundId, found),
    orderId,
    status: refundStatus[refund.status],
    amount: refund.amount,
    items: [],
    reason,
    restock: false,
    order: { status },
  }
}

/** Returns a return of an order; the last one, when the request had no effect. */
const returnOf = (orderId: OrderId, state: Ordered, id: string): Static<typeof Return> => {
  const [found, one] =
    Object.entries(state.returns).find(([each]) => each === id) ??
    Object.entries(state.returns).at(-1) ??
    []
  if (found === undefined || !one) throw notFound('return')
  const { status, lines, restock } = one
  return {
    id: asId(ReturnId, found),
    orderId,
    status: returnStatus[status],
    items: [...lines],
    restock: restock.length > 0,
    order: { status: state.status },
  }
}

const params = Fields({ id: OrderId })
const returnParams = Fields({ id: OrderId, returnId: ReturnId })

/** Sends a command to an order. @throws Problem when the order refuses it */
const execute = async (
  executor: Executor,
  id: OrderId,
  command: CommandOf<typeof order>,
  origin: Origin,
  expecting: { readonly expectedRevision?: number },
) => {
  const answer = await executor.execute(order, id, command, origin, expecting)
  if (isRefusal(answer)) throw refusalProblem(order, answer)
  const { position, revision } = answer
  return { state: ordered(answer), position, revision }
}

/** Routes of refunds by admins and of returns by buyers. */
export const refundRoutes = [
  route({
    method: 'POST',
    url: '/orders/:id/refund',
    access: 'admin',
    operationId: 'refundOrder',
    summary: 'Refund an order: all that remains, or some pieces',
    description:
      'Without `items`, all that remains is refunded, and the order is not shipped any more. Items are named by `line`, counted from 0, or by `refId`; their refund is their price, and at most the remaining paid amount. `restock` puts the pieces back into stock; by default, only if the order was not shipped. The payment is refunded later: the order then shows the refund as DONE or FAILED.',
    params,
    body: Fields({
      items: Wanted,
      reason: Type.Optional(Reason),
      restock: Type.Optional(Type.Boolean()),
    }),
    example: { items: [{ line: 0, quantity: 1 }], reason: 'arrived broken', restock: false },
    data: Refund,
    status: 202,
    problems: [404],
    guarded: true,
    handle: async (asked, { executor }) => {
      const {
        params: { id },
        body,
        origin,
        expecting,
      } = asked
      const refundId = derivedId(RefundId, origin.commandId, 'refund')
      const data = { refundId, reason: 'refunded_by_admin', ...body }
      if (await gigOrderState(executor, id)) {
        if (body.items) throw invalid('items', 'is for products; leave it out for a gig')
        const { reason } = data
        const answer = await requestGigRefund(executor, id, { refundId, reason }, origin, expecting)
        if (isRefusal(answer)) throw refusalProblem(gigOrder, answer)
        const { state, position, revision } = answer
        if (state.status === 'NEW') throw notFound('order')
        return { data: gigRefundOf(id, state, refundId, reason), position, revision }
      }
      const { state, ...at } = await execute(
        executor,
        id,
        { type: 'RequestRefund', data },
        origin,
        expecting,
      )
      return { data: refundOf(id, state, refundId), ...at }
    },
  }),

  route({
    method: 'POST',
    url: '/orders/:id/returns',
    access: 'user',
    operationId: 'requestReturn',
    summary: 'Request a return of goods of my order',
    description:
      'For an order that was shipped. Without `items`, all remaining pieces; items are named by `line`, counted from 0, or by `refId`. The shop accepts or declines; when the goods have arrived, they are refunded.',
    params,
    body: Fields({ items: Wanted, reason: Type.Optional(Reason) }),
    example: { items: [{ line: 0, quantity: 1 }], reason: 'too small' },
    data: Return,
    status: 201,
    problems: [404],
    guarded: true,
    handle: async (
      { params: { id }, body: { items, reason }, caller, origin, expecting },
      { executor },
    ) => {
      const { userId, sellerId } = await orderState(executor, id)
      mustOwn(caller, userId)
      if (sellerId !== undefined)
        throw new Problem(409, 'nothing_to_return', 'An order of a gig has no goods to return.')
      const returnId = derivedId(ReturnId, origin.commandId, 'return')
      const data = {
        returnId,
        ...(items && { items }),
        ...(reason !== undefined && { words: reason }),
      }
      const { state, ...at } = await execute(
        executor,
        id,
        { type: 'RequestReturn', data },
        origin,
        expecting,
      )
      return { data: returnOf(id, state, returnId), ...at }
    },
  }),

  route({
    method: 'POST',
    url: '/orders/:id/returns/:returnId/accept',
    access: 'admin',
    operationId: 'acceptReturn',
    summary: 'Accept a return',
    params: returnParams,
    data: Return,
    problems: [404, 409],
    guarded: true,
    handle: async ({ params: { id, returnId }, origin, expecting }, { executor }) => {
      const command = { type: 'AcceptReturn' as const, data: { returnId } }
      const { state, ...at } = await execute(executor, id, command, origin, expecting)
      return { data: returnOf(id, state, returnId), ...at }
    },
  }),

  route({
    method: 'POST',
    url: '/orders/:id/returns/:returnId/decline',
    access: 'admin',
    operationId: 'declineReturn',
    summary: 'Decline a return, also one that was accepted',
    params: returnParams,
    body: Fields({ reason: Type.Optional(Reason) }),
    example: { reason: 'more than 30 days ago' },
    data: Return,
    problems: [404, 409],
    guarded: true,
    handle: async ({ params: { id, returnId }, body, origin, expecting }, { executor }) => {
      const command = { type: 'DeclineReturn' as const, data: { returnId, ...body } }
      const { state, ...at } = await execute(executor, id, command, origin, expecting)
      return { data: returnOf(id, state, returnId), ...at }
    },
  }),

  route({
    method: 'POST',
    url: '/orders/:id/returns/:returnId/receive',
    access: 'admin',
    operationId: 'receiveReturn',
    summary: 'Record that returned goods have arrived, and refund them',
    description: '`restock` puts the pieces back into stock. Default: true.',
    params: returnParams,
    body: Fields({ restock: Type.Optional(Type.Boolean()) }),
    example: { restock: true },
    data: Return,
    problems: [404, 409],
    guarded: true,
    handle: async (
      { params: { id, returnId }, body: { restock = true }, origin, expecting },
      { executor },
    ) => {
      const command = { type: 'ReceiveReturn' as const, data: { returnId, restock } }
      const { state, ...at } = await execute(executor, id, command, origin, expecting)
      return { data: returnOf(id, state, returnId), ...at }
    },
  }),
]
