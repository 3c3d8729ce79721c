import { Type } from 'typebox'
import { Fields, publishing, Timestamp } from '#kernel'
import { OrderId, ShipmentId } from '../shared/index.ts'
import { shipment } from './shipment.ts'

const ofShipment = publishing(shipment)

const ids = { shipmentId: ShipmentId, orderId: OrderId }
const moved = Fields({ ...ids, happenedAt: Timestamp })

/** Events of this context for other systems. */
export const published = [
  ofShipment('ShipmentCreated', {
    data: Fields({ ...ids, carrier: Type.String(), method: Type.String() }),
    of: ({ orderId, carrier, method }, shipmentId) => ({ shipmentId, orderId, carrier, method }),
  }),
  ofShipment('ShipmentDispatched', {
    data: moved,
    of: ({ orderId, happenedAt }, shipmentId) => ({ shipmentId, orderId, happenedAt }),
  }),
  ofShipment('ShipmentDelivered', {
    data: moved,
    of: ({ orderId, happenedAt }, shipmentId) => ({ shipmentId, orderId, happenedAt }),
  }),
  ofShipment('ShipmentFailed', {
    data: moved,
    of: ({ orderId, happenedAt }, shipmentId) => ({ shipmentId, orderId, happenedAt }),
  }),
]
