import { Type, type Static } from 'typebox'
import { asId, derivedId, documentOf, Fields, isRefusal, streamOf, type CommandOf } from '#kernel'
import { gigOrder, ItemRef, order } from '../language.ts'
import {
  Address,
  GigId,
  Name,
  OrderId,
  PaymentToken,
  ProductId,
  Quantity,
  Reason,
} from '../../shared/index.ts'
import { orders } from '../../../projections/index.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { Fresh, minPositionOf } from '../../../serving/lists.ts'
import { invalid, notFound, Problem } from '../../../serving/problem.ts'
import { DocumentWith } from '../../../serving/document-from.ts'
import { NewerVersion } from '../../../platform/newer-version.ts'
import { restingOn } from '../../../runtime/resting-on.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { cancelGigOrder, gigOrderState } from '../services/gig-orders.ts'
import { orderHistory, OrderHistory, partiesInLog } from '../services/order-history.ts'
import { changed, Order, orderState } from '../services/order-answer.ts'
import { mustBeParty } from '../services/parties.ts'
import { placeGigOrder } from '../services/placing-gig.ts'
import { Reviewed, reviewedBy } from '../services/reviewed.ts'
import { priced, type Wanted } from '../services/price-list.ts'
import { route } from '../../../serving/route.ts'
import { shipmentIdOf } from '../../shipping/language.ts'
import { deliveryOf, QuoteId } from '../../shipping/services/quotes.ts'

const params = Fields({ id: OrderId })

const Basket = Fields({
  items: Type.Array(
    Fields({
      kind: Type.Enum(['product', 'gig']),
      refId: ItemRef,
      /** Of a gig; required there. */
      package: Type.Optional(Name(1, 100)),
      quantity: Quantity,
    }),
    { minItems: 1, maxItems: 100 },
  ),
  shippingAddress: Type.Optional(Address),
  requirements: gigOrder.commands.PlaceGigOrder.properties.requirements,
  shipping: Type.Optional(Fields({ quoteId: QuoteId })),
  agreedTotal: order.commands.PlaceOrder.properties.agreedTotal,
  paymentMethod: Fields({ token: PaymentToken }),
})

type Line = Static<typeof Basket>['items'][number]

const mixedKinds = (): Problem =>
  new Problem(400, 'mixed_kinds', 'items must be products, or one gig; order them one by one.', [
    { field: 'items', message: 'must be products, or one gig' },
  ])

/** Returns the lines of products. @throws Problem 400 when a gig is among them */
const productsIn = (items: readonly Line[]): readonly Wanted[] =>
  items.map(({ kind, refId, package: ordered, quantity }, line) => {
    if (kind === 'gig') throw mixedKinds()
    if (ordered !== undefined) throw invalid(`items[${line}].package`, 'is of a gig; leave it out')
    return { kind, refId: asId(ProductId, refId), quantity }
  })

/** Returns the one gig of an order. @throws Problem 400 when there is more */
const gigIn = ([line, ...more]: readonly Line[]) => {
  if (line?.kind !== 'gig') return undefined
  if (more.length > 0) throw mixedKinds()
  const { refId, package: ordered, quantity } = line
  if (quantity !== 1) throw invalid('items[0].quantity', 'must be 1 for a gig')
  if (ordered === undefined) throw invalid('items[0].package', 'is required for a gig')
  return { gigId: asId(GigId, refId), package: ordered }
}

/** Commands of admins by the new status; the other steps are the sagas'. */
const moves = {
  SHIPPED: 'ShipOrder',
  DELIVERED: 'DeliverOrder',
  COMPLETED: 'CompleteOrder',
} as const

/** Returns the command that moves an order; its shipment follows. */
const moveTo = (status: keyof typeof moves, id: OrderId): CommandOf<typeof order> => {
  const type = moves[status]
  return type === 'CompleteOrder'
    ? { type, data: {} }
    : { type, data: { shipmentId: shipmentIdOf(id) } }
}

const Move = Fields({
  status: Type.Enum(['SHIPPED', 'DELIVERED', 'COMPLETED', 'CANCELLED']),
  reason: Type.Optional(Reason),
})

const cancellation = (reason: string, words: string | undefined) => ({
  reason,
  ...(words !== undefined && { words }),
})

/** Routes of one order. */
export const routes = [
  route({
    method: 'POST',
    url: '/orders',
    access: 'user',
    operationId: 'placeOrder',
    summary: 'Place an order of products, or of one gig',
    description:
      'Prices come from the catalogue, and from the package of the gig; with `agreedTotal`, an order that costs something else, delivery included, is refused (409 `price_changed`). Stock and payment are handled afterwards: read the order again, or use the socket `/orders`. The money for a gig is held until its buyer accepts the work.',
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
    problems: [403, 404, 409],
    handle: async ({ body, caller, origin }, ports) => {
      const { executor } = ports
      const {
        items,
        shippingAddress,
        shipping: chosen,
        agreedTotal,
        requirements,
        paymentMethod,
      } = body
      const id = derivedId(OrderId, origin.commandId, 'order')
      const gig = gigIn(items)
      if (gig) {
        if (chosen) throw invalid('shipping', 'is not for a gig; leave it out')
        if (shippingAddress) throw invalid('shippingAddress', 'is not for a gig; leave it out')
        const wanted = {
          userId: caller.id,
          ...gig,
          ...(requirements !== undefined && { requirements }),
          ...(agreedTotal && { agreedTotal }),
          paymentToken: paymentMethod.token,
        }
        return placeGigOrder(executor, id, wanted, origin)
      }
      const products = productsIn(items)
      if (chosen && !shippingAddress)
        throw invalid('shippingAddress', 'is required with a quote of its delivery')
      if (requirements !== undefined) throw invalid('requirements', 'is for a gig; leave it out')
      const rest = {
        userId: caller.id,
        paymentToken: paymentMethod.token,
        ...(shippingAddress && { shippingAddress }),
        ...(agreedTotal && { agreedTotal }),
      }
      const answer = await restingOn(
        executor,
        chosen && shippingAddress
          ? async (look) => ({
              items: await priced(look, products),
              shipping: await deliveryOf(ports, look, chosen.quoteId, products, shippingAddress),
            })
          : async (look) => ({ items: await priced(look, products) }),
        (basket, bases) => {
          const data = { ...rest, ...basket }
          return executor.execute(order, id, { type: 'PlaceOrder', data }, origin, { bases })
        },
      )
      if (isRefusal(answer)) throw refusalProblem(order, answer)
      return { ...changed(id, answer), location: `/orders/${id}` }
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
    data: DocumentWith(orders, { reviewed: Type.Optional(Reviewed) }),
    problems: [404],
    handle: async ({ params: { id }, query, caller }, { readModels, log }) => {
      const { document, position } = await readModels.get(orders, id, minPositionOf(query))
      if (document) {
        mustBeParty(caller, document)
        const { reviewed, partial } = await reviewedBy(readModels, document)
        return {
          data: { ...document, ...(reviewed && { reviewed }) },
          position,
          revision: document.revision,
          ...(partial && { partial }),
        }
      }
      // Not in the read model yet: its document is folded from its own events.
      const ofProducts = await log.read(streamOf(order, id), { limit: 1_000 })
      const events =
        ofProducts.length > 0
          ? ofProducts
          : await log.read(streamOf(gigOrder, id), { limit: 1_000 })
      const placed = documentOf(orders, events, id)
      const last = events.at(-1)
      if (!placed || !last) throw notFound('order')
      mustBeParty(caller, placed)
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
    handle: async (asked, { executor }) => {
      const {
        params: { id },
        body: { status, reason },
        origin,
        expecting,
      } = asked
      const ofGig = await gigOrderState(executor, id)
      if (ofGig) {
        if (status === 'CANCELLED') return cancelGigOrder(executor, asked, ofGig, reason)
        throw new Problem(409, 'not_of_products', 'The parties of an order of a gig move it.')
      }
      const command =
        status === 'CANCELLED'
          ? { type: 'CancelOrder' as const, data: cancellation('cancelled_by_shop', reason) }
          : moveTo(status, id)
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
    summary: 'Cancel an order that is not paid; an order of a gig, or propose that',
    description:
      'An order of a gig is cancelled at once before its work begins, by the buyer when it is overdue, and by an admin with a reason. Otherwise the other party is asked, and agrees by the same request. The money is not taken.',
    params,
    body: Fields({ reason: Type.Optional(Reason) }),
    example: { reason: 'changed my mind' },
    data: Order,
    problems: [404],
    guarded: true,
    handle: async (asked, { executor }) => {
      const {
        params: { id },
        body: { reason },
        caller,
        origin,
        expecting,
      } = asked
      const { userId, sellerId } = await orderState(executor, id)
      const ofGig = sellerId === undefined ? undefined : await gigOrderState(executor, id)
      if (ofGig) return cancelGigOrder(executor, asked, ofGig, reason)
      mustOwn(caller, userId)
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
        const { position, revision, ...parties } = await orderState(executor, id)
        mustBeParty(caller, parties)
        return { data: await orderHistory(log, catalogue, id), position, revision }
      } catch (error) {
        if (!(error instanceof NewerVersion)) throw error
        // The history needs no folding, so events of a newer version are listed as well.
        mustBeParty(caller, await partiesInLog(log, id))
        return { data: await orderHistory(log, catalogue, id) }
      }
    },
  }),
]
