import { Type, type Static } from 'typebox'
import { Fields, personal, saysNo, Timestamp } from '#kernel'
import {
  Code,
  OrderId,
  Reason,
  RecordedMoney,
  RecordedReason,
  Text,
  UserId,
} from '../shared/index.ts'

// Commands, events and refusals of shipments.

/** Status of a shipment. */
export const ShipmentStatus = Type.Enum([
  'CREATED',
  'DISPATCHED',
  'IN_TRANSIT',
  'DELIVERED',
  'FAILED',
  'RETURNED',
  'CANCELLED',
])
export type ShipmentStatus = Static<typeof ShipmentStatus>

/** What a carrier, or the shop, reports about a parcel. FAILED is one attempt at its delivery. */
export const ReportedStatus = Type.Enum(['DISPATCHED', 'IN_TRANSIT', 'DELIVERED', 'FAILED'])
export type ReportedStatus = Static<typeof ReportedStatus>

/** Number by which the carrier's customers follow a parcel. */
const Tracking = Code(100)

/** The buyer has left and is not notified. */
const BuyerLeft = Type.Optional(Type.Literal(true))

const whose = { orderId: OrderId, userId: UserId }

/** A report about a parcel. */
export const report = {
  status: ReportedStatus,
  /** When it happened, by the clock of the reporter. Default: now. A time in the future counts as now. */
  happenedAt: Type.Optional(Timestamp),
  tracking: Type.Optional(personal(Tracking)),
  /** The carrier's words: `left with a neighbour`. */
  note: Type.Optional(personal(Reason)),
}

export const shipmentCommands = {
  CreateShipment: Fields(
    {
      ...whose,
      carrier: Code(50),
      method: Code(50),
      /** What the buyer pays for it. */
      cost: RecordedMoney,
      tracking: Type.Optional(personal(Tracking)),
      buyerLeft: BuyerLeft,
    },
    {
      description: 'Create the shipment of an order, or change its method until it is dispatched.',
    },
  ),
  ReportShipment: Fields(report, { description: 'Record what happened to the parcel.' }),
  CancelShipment: Fields(whose, {
    description: 'Cancel a shipment that is not dispatched, as its order was refunded.',
  }),
  ForgetShipment: Fields(
    {},
    { description: 'Erase its tracking number and notes; its buyer has left.' },
  ),
}

const happened = {
  ...whose,
  happenedAt: Timestamp,
  note: Type.Optional(personal(RecordedReason)),
  buyerLeft: BuyerLeft,
}

export const shipmentEvents = {
  ShipmentCreated: Fields({
    ...whose,
    carrier: Text(1, 50),
    method: Text(1, 50),
    cost: RecordedMoney,
    buyerLeft: BuyerLeft,
  }),
  ShipmentMethodChanged: Fields({ ...whose, carrier: Text(1, 50), method: Text(1, 50) }),
  /** The carrier's number of the parcel is known. */
  ShipmentTracked: Fields({ ...whose, tracking: personal(Text(1, 100)) }),
  ShipmentDispatched: Fields(happened),
  /** It was seen on its way; again at each later place. */
  ShipmentInTransit: Fields(happened),
  ShipmentDelivered: Fields(happened),
  /** An attempt at its delivery has failed. `late`: it was reported after something that happened later. */
  ShipmentFailed: Fields({
    ...happened,
    attempt: Type.Integer({ minimum: 1 }),
    late: Type.Optional(Type.Literal(true)),
  }),
  /** It goes back to the shop, as no more attempts are made. */
  ShipmentReturned: Fields({ ...whose, happenedAt: Timestamp, buyerLeft: BuyerLeft }),
  ShipmentCancelled: Fields(whose),
  ShipmentForgotten: Fields(whose),
}

export const shipmentRefusals = {
  NoSuchShipment: saysNo.notFound('There is no such shipment.'),
  AlreadyDispatched: 'This parcel is on its way; its method cannot be changed any more.',
  AlreadyDelivered: 'This parcel was delivered; ask for a return of the order instead.',
  AlreadyReturned: 'This parcel came back, and its order is refunded.',
  AlreadyCancelled: 'This shipment was called off, as its order was refunded.',
}
