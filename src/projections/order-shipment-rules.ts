import type { EventOf, Rules } from '#kernel'
import type { shipment, ShipmentStatus } from '../domains/shipping/language.ts'
import type { ShipmentId } from '../domains/shared/index.ts'
import type { Order } from './order-document.ts'

/** How the events of its shipment change the document of an order. */
export const orderShipmentRules = {
  ShipmentCreated: (document, event) => withShipment(document, event, 'CREATED'),
  ShipmentDispatched: (document, event) => withShipment(document, event, 'DISPATCHED'),
  ShipmentInTransit: (document, event) => withShipment(document, event, 'IN_TRANSIT'),
  ShipmentDelivered: (document, event) => withShipment(document, event, 'DELIVERED'),
  ShipmentFailed: (document, event) =>
    event.data.late ? document : withShipment(document, event, 'FAILED'),
  ShipmentReturned: (document, event) => withShipment(document, event, 'RETURNED'),
  ShipmentCancelled: (document, event) => withShipment(document, event, 'CANCELLED'),
} satisfies Rules<Order, EventOf<typeof shipment>>

/** Returns an order with the status of its shipment. */
const withShipment = <D extends { readonly updatedAt: string }>(
  document: D | undefined,
  { id, at }: { readonly id: ShipmentId; readonly at: string },
  status: ShipmentStatus,
):
  | (D & { readonly shipment: { readonly id: ShipmentId; readonly status: ShipmentStatus } })
  | undefined => document && { ...document, shipment: { id, status }, updatedAt: at }
