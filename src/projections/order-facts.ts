import { Type, type Static } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { AnyOrderStatus, gigOrder, order } from '../domains/ordering/language.ts'
import { OrderId, UserId } from '../domains/shared/index.ts'

const OrderFacts = Fields({
  id: OrderId,
  kind: Type.Enum(['product', 'gig']),
  userId: UserId,
  /** ISO 4217. */
  currency: Type.String(),
  /** Total in minor units. */
  amount: Type.Integer({ minimum: 0 }),
  items: Type.Array(
    Fields({
      /** Id of the product or gig. */
      refId: Type.String(),
      quantity: Type.Integer({ minimum: 1 }),
      /** Price of all pieces in minor units. */
      amount: Type.Integer({ minimum: 0 }),
    }),
  ),
  status: AnyOrderStatus,
  /** When it reached each status first, in their order. */
  steps: Type.Array(Fields({ status: AnyOrderStatus, at: Timestamp })),
  placedAt: Timestamp,
  /** When its money was taken. */
  paidAt: Type.Optional(Timestamp),
})
type OrderFacts = Static<typeof OrderFacts>

/** An order after it has reached a status. */
const reached = (
  document: OrderFacts | undefined,
  status: AnyOrderStatus,
  at: string,
): OrderFacts | undefined => {
  if (!document) return undefined
  const isNew = document.steps.every((step) => step.status !== status)
  return { ...document, status, ...(isNew && { steps: [...document.steps, { status, at }] }) }
}

const reaches =
  (status: AnyOrderStatus) =>
  (document: OrderFacts | undefined, { at }: { readonly at: string }): OrderFacts | undefined =>
    reached(document, status, at)

const reachesIts = (
  document: OrderFacts | undefined,
  {
    at,
    data: { status },
  }: { readonly at: string; readonly data: { readonly status: AnyOrderStatus } },
): OrderFacts | undefined => reached(document, status, at)

const paid = (document: OrderFacts | undefined, at: string): OrderFacts | undefined =>
  document && { ...document, paidAt: document.paidAt ?? at }

/**
 * What analysts count of orders: which were placed and paid when, for how much, and how long each step took. The moments of
 * one order are of several events, of which most do not say what it costs, so that each order has a document.
 */
export const orderFacts = projection({
  name: 'order_facts',
  store: 'mongo',
  within: 60_000,
  document: OrderFacts,
  from: [order, gigOrder],
  key: 'id',
  beginsWith: [order, gigOrder],
  delay: 200,
  indexes: [['placedAt'], ['paidAt'], ['userId', 'placedAt']],
}).rules({
  OrderPlaced: (_, { id, at, data: { userId, items, total } }) => ({
    id,
    kind: 'product',
    userId,
    ...total,
    items: items.map(({ refId, quantity, price }) => ({
      refId,
      quantity,
      amount: quantity * price.amount,
    })),
    status: 'PENDING',
    steps: [{ status: 'PENDING', at }],
    placedAt: at,
  }),
  OrderStockConfirmed: reaches('STOCK_RESERVED'),
  OrderPaid: (document, { at }) => paid(reached(document, 'PAID', at), at),
  OrderConfirmed: reaches('CONFIRMED'),
  OrderRejected: reaches('REJECTED'),
  OrderCancelled: reaches('CANCELLED'),
  OrderShipped: reaches('SHIPPED'),
  OrderDelivered: reaches('DELIVERED'),
  OrderCompleted: reaches('COMPLETED'),
  OrderRefunded: reachesIts,
  OrderReturnReceived: reachesIts,
  GigOrderPlaced: (_, { id, at, data: { userId, gigId, price } }) => ({
    id,
    kind: 'gig',
    userId,
    ...price,
    items: [{ refId: gigId, quantity: 1, amount: price.amount }],
    status: 'PENDING',
    steps: [{ status: 'PENDING', at }],
    placedAt: at,
  }),
  GigOrderStarted: reaches('IN_PROGRESS'),
  GigOrderDelivered: reaches('DELIVERED'),
  GigOrderRevisionRequested: reaches('IN_REVISION'),
  GigOrderCompleted: (document, { at }) => paid(reached(document, 'COMPLETED', at), at),
  GigOrderCancelled: reaches('CANCELLED'),
  GigOrderRefunded: reachesIts,
})
