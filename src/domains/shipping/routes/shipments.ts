import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { order } from '../../ordering/language.ts'
import { orderState } from '../../ordering/services/order-answer.ts'
import { Code, OrderId, RecordedAddress, ShipmentId } from '../../shared/index.ts'
import { orders, shipments } from '../../../projections/index.ts'
import { readOne } from '../../../runtime/reading.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { DocumentFrom, DocumentWith } from '../../../serving/document-from.ts'
import { Fresh, minPositionOf } from '../../../serving/lists.ts'
import { partialAnswer } from '../../../serving/partial-answer.ts'
import { invalid, notFound, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { shipment, shipmentIdOf } from '../language.ts'
import { report } from '../shipment-messages.ts'
import { readShipment } from '../services/read-shipment.ts'
import { reportShipment } from '../services/report-shipment.ts'
import { changed, Shipment } from '../services/shipment-answer.ts'

const params = Fields({ id: ShipmentId })

/** Statuses of orders whose goods may be sent, or are on their way. */
const sendable: ReadonlySet<string> = new Set(['CONFIRMED', 'PARTLY_REFUNDED', 'SHIPPED'])

/** Routes of shipments. */
export const shipmentRoutes = [
  route({
    method: 'POST',
    url: '/shipping/shipments',
    access: 'admin',
    operationId: 'createShipment',
    summary: 'Create the shipment of an order, or change its method',
    description:
      'A confirmed order has a shipment already, which this finds (200); until it is dispatched, it may have another method, and the number of its carrier. The shop, whose staff are admins, sells the products of the catalogue.',
    body: Fields({ orderId: OrderId, method: Code(50), tracking: Type.Optional(Code(100)) }),
    example: { orderId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11', method: 'express' },
    data: Shipment,
    status: 201,
    finds: true,
    problems: [404, 409],
    handle: async ({ body: { orderId, method, tracking }, origin }, { executor, carriers }) => {
      const { state } = await executor.stateOf(order, orderId)
      if (state.status === 'NEW') throw notFound('order')
      const { status, userId, total, shipping, left } = state
      if (!sendable.has(status))
        throw new Problem(
          409,
          'not_sendable',
          `This order is ${status}; a shipment belongs to a confirmed one.`,
        )
      const carrier = await carriers.carrierOf(method)
      if (carrier === undefined)
        throw invalid('method', 'must be the method of a quote, such as standard')
      const id = shipmentIdOf(orderId)
      const { currency } = total
      const cost = shipping?.cost ?? { amount: 0, currency }
      const data = {
        orderId,
        userId,
        carrier,
        method,
        cost,
        ...(tracking !== undefined && { tracking }),
        ...(left && { buyerLeft: left }),
      }
      const before = await executor.stateOf(shipment, id)
      const command = { type: 'CreateShipment' as const, data }
      const answer = await executor.execute(shipment, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(shipment, answer)
      const wasThere = before.state.status !== 'NEW'
      return { ...changed(id, answer), wasThere, location: `/shipping/shipments/${id}` }
    },
  }),

  route({
    method: 'PUT',
    url: '/shipping/shipments/:id/status',
    access: 'admin',
    operationId: 'reportShipment',
    summary:
      'Report what happened to a parcel: dispatched, in transit, delivered, or a failed attempt',
    description:
      'Moves the order as well. After the second failed attempt, the parcel comes back: the order is returned and refunded, and its pieces are in stock again.',
    params,
    body: Fields({ status: report.status, tracking: report.tracking, note: report.note }),
    example: { status: 'DISPATCHED', tracking: '00340434161094042557' },
    data: Shipment,
    problems: [404, 409],
    guarded: true,
    handle: async ({ params: { id }, body, origin, expecting }, { executor }) => {
      const answer = await reportShipment(executor, id, body, origin, expecting)
      if ('refused' in answer) throw refusalProblem(shipment, answer)
      return changed(id, answer)
    },
  }),

  route({
    method: 'GET',
    url: '/shipping/shipments/:id',
    access: 'user',
    operationId: 'getShipment',
    summary: 'One shipment, and where it goes',
    params,
    query: Fresh,
    data: DocumentWith(shipments, { address: Type.Optional(RecordedAddress) }),
    problems: [404],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const { readModels } = ports
      const { document, position } = await readShipment(ports, id, minPositionOf(query))
      if (!document) throw notFound('shipment')
      mustOwn(caller, document.userId)
      // The order alone has the address, so that it is erased there for all.
      const { found, partial } = await partialAnswer({
        address: async () =>
          (await readOne(readModels, orders, document.orderId)).document?.shippingAddress,
      })
      const { address } = found
      const data = { ...document, ...(address && { address }) }
      return { data, position, revision: document.revision, ...(partial && { partial }) }
    },
  }),

  route({
    method: 'GET',
    url: '/shipping/order/:orderId',
    access: 'user',
    operationId: 'listShipmentsOfOrder',
    summary: 'The shipments of an order',
    params: Fields({ orderId: OrderId }),
    query: Fresh,
    data: Type.Object({ shipments: Type.Array(DocumentFrom(shipments)) }),
    problems: [404],
    handle: async ({ params: { orderId }, query, caller }, ports) => {
      const from = minPositionOf(query)
      const { document, position } = await readShipment(ports, shipmentIdOf(orderId), from)
      const { executor } = ports
      mustOwn(caller, document?.userId ?? (await orderState(executor, orderId)).userId)
      return { data: { shipments: document ? [document] : [] }, position }
    },
  }),
]
