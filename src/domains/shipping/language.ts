// Exports of this context for other parts of Agora: its deciders, ids and types.

export {
  defaultDelivery,
  shipment,
  shipmentIdOf,
  trackingOf,
  undeliveredReturnOf,
} from './shipment.ts'
export { ShipmentStatus } from './shipment-messages.ts'
