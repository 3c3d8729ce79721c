import { Type } from 'typebox'
import { derivedId, documentOf, Fields, isRefusal, streamOf } from '#kernel'
import { order, OrderItem, OrderStatus } from '../language.ts'
import { Address, OrderId, PaymentToken, Quantity, Reason } from '../../shared/index.ts'
import { orders } from '../../../projections/index.ts'
import { allows, mustOwn } from '../../../serving/caller.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { during, period } from '../../../serving/moments.ts'
import { notFound } from '../../../serving/problem.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { NewerVersion } from '../../../platform/newer-version.ts'
import { restingOn } from '../../../runtime/resting-on.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { orderHistory, OrderHistory, ownerInLog } from '../services/order-history.ts'
import { changed, Order, orderState } from '../services/order-answer.ts'
import { Reviewed, reviewedBy } from '../services/reviewed.ts'
import { priced } from '../services/price-list.ts'
import { route } from '../../../serving/route.ts'

const params = Fields({ id: OrderId })

const Basket = Fields({
  items: Type.Array(
    Fields({ kind: Type.Enum(['product']), refId: OrderItem.properties.refId, quantity: Quantity }),
    { minItems: 1, maxItems: 100 },
  ),
  shippingAddress: Type.Optional(Address),
  paymentMethod: Fields({ token: PaymentToken }),
})

/** Commands of admins by the new status; the other steps are the sagas'. */
const moves = {
  SHIPPED: { type: 'ShipOrder', data: {} },
  DELIVERED: { type: 'DeliverOrder', data: {} },
  COMPLETED: { type: 'CompleteOrder', data: {} },
} as const

const Move = Fields({
  status: Type.Enum(['SHIPPED', 'DELIVERED', 'COMPLETED', 'CANCELLED']),
  reason: Type.Optional(Reason),
})

const cancellation = (reason: string, words: string | undefined) => ({
  reason,
  ...(words !== undefined && { words }),
})

/** Routes of orders. */
export const routes = [
  route({
    method: 'POST',
    url: '/orders',
    access: 'user',
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'Prices come from the catalogue. Stock and payment are handled afterwards: read the order again, or use the socket `/orders`.',
    body: Basket,
    example: {
      items: [{ kind: 'product', refId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11', quantity: 2 }],
      shippingAddress: {
        name: 'Ada',
        line1: '1 Main Street',
        city: 'London',
        postalCode: 'N1 9GU',
        country: 'GB',
      },
      paymentMethod: { token: 'tok_ok' },
    },
    data: Order,
    status: 202,
    problems: [404],
    handle: async (
      { body: { items, shippingAddress, paymentMethod }, caller, origin },
      { executor },
    ) => {
      const id = derivedId(OrderId, origin.commandId, 'order')
      const rest = {
        userId: caller.id,
        paymentToken: paymentMethod.token,
        ...(shippingAddress && { shippingAddress }),
      }
      const answer = await restingOn(
        executor,
        (look) => priced(look, items),
        (lines, bases) => {
          const data = { ...rest, items: lines }
          return executor.execute(order, id, { type: 'PlaceOrder', data }, origin, { bases })
        },
      )
      if (isRefusal(answer)) throw refusalProblem(order, answer)
      return { ...changed(id, answer), location: `/orders/${id}` }
    },
  }),

  route({
    method: 'GET',
    url: '/orders',
    access: 'user',
    operationId: 'listOrders',
    summary: 'My orders; everybody’s, for an admin',
    query: ListQuery(['createdAt', 'updatedAt'], {
      status: Type.Optional(OrderStatus),
      ...period,
    }),
    data: ListOf('orders', DocumentFrom(orders)),
    handle: async ({ query, caller }, ports) => {
      const { status } = query
      const { documents, info, position } = await listed(ports, orders, query, {
        userId: allows('admin', caller) ? undefined : caller.id,
        status,
        createdAt: during(query),
      })
      return { data: { orders: documents, ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/orders/:id',
    access: 'user',
    operationId: 'getOrder',
    summary: 'One order: its lines, status and payment, and who has reviewed it',
    params,
    query: Fresh,
    data: Type.Intersect([
      DocumentFrom(orders),
      Type.Object({ reviewed: Type.Optional(Reviewed) }),
    ]),
    problems: [404],
    handle: async ({ params: { id }, query, caller }, { readModels, log }) => {
      const { document, position } = await readModels.get(orders, id, minPositionOf(query))
      if (document) {
        mustOwn(caller, document.userId)
        const { reviewed, partial } = await reviewedBy(readModels, document)
        return {
          data: { ...document, ...(reviewed && { reviewed }) },
          position,
          revision: document.revision,
          ...(partial && { partial }),
        }
      }
      // Not in the read model yet: its document is folded from its own events.
      const events = await log.read(streamOf(order, id), { limit: 1_000 })
      const placed = documentOf(orders, events, id)
      const last = events.at(-1)
      if (!placed || !last) throw notFound('order')
      mustOwn(caller, placed.userId)
      return { data: placed, position: last.position, revision: last.revision }
    },
  }),

  route({
    method: 'PUT',
    url: '/orders/:id',
    access: 'admin',
    operationId: 'moveOrder',
    summary: 'Mark an order as shipped, delivered, completed or cancelled',
    description: 'The shop, whose staff are admins, sells the products of the catalogue.',
    params,
    body: Move,
    example: { status: 'SHIPPED' },
    data: Order,
    problems: [404, 409],
    guarded: true,
    handle: async (
      { params: { id }, body: { status, reason }, origin, expecting },
      { executor },
    ) => {
      const command =
        status === 'CANCELLED'
          ? { type: 'CancelOrder' as const, data: cancellation('cancelled_by_shop', reason) }
          : moves[status]
      const answer = await executor.execute(order, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(order, answer)
      return changed(id, answer)
    },
  }),

  route({
    method: 'POST',
    url: '/orders/:id/cancel',
    access: 'user',
    operationId: 'cancelOrder',
    summary: 'Cancel an order that is not paid',
    params,
    body: Fields({ reason: Type.Optional(Reason) }),
    example: { reason: 'changed my mind' },
    data: Order,
    problems: [404],
    guarded: true,
    handle: async (
      { params: { id }, body: { reason }, caller, origin, expecting },
      { executor },
    ) => {
      mustOwn(caller, (await orderState(executor, id)).userId)
      const data = cancellation('cancelled_by_user', reason)
      const command = { type: 'CancelOrder' as const, data }
      const answer = await executor.execute(order, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(order, answer)
      return changed(id, answer)
    },
  }),

  route({
    method: 'GET',
    url: '/orders/:id/history',
    access: 'user',
    operationId: 'getOrderHistory',
    summary: 'The events of an order, and the moves of its sagas',
    params,
    query: Fresh,
    data: OrderHistory,
    problems: [404],
    handle: async ({ params: { id }, caller }, { executor, log, catalogue }) => {
      try {
        const { userId, position, revision } = await orderState(executor, id)
        mustOwn(caller, userId)
        return { data: await orderHistory(log, catalogue, id), position, revision }
      } catch (error) {
        if (!(error instanceof NewerVersion)) throw error
        // The history needs no folding, so events of a newer version are listed as well.
        mustOwn(caller, await ownerInLog(log, id))
        return { data: await orderHistory(log, catalogue, id) }
      }
    },
  }),
]
