import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { shipment, ShipmentStatus, trackingOf } from '../domains/shipping/language.ts'
import {
  OrderId,
  RecordedMoney,
  RecordedReason,
  ShipmentId,
  Text,
  UserId,
} from '../domains/shared/index.ts'

/** All shipments with order, carrier, method, cost, tracking number and status. */
export const shipments = projection({
  name: 'shipments',
  store: 'postgres',
  within: 1_000,
  document: Fields({
    id: ShipmentId,
    orderId: OrderId,
    userId: UserId,
    carrier: Text(1, 50),
    method: Text(1, 50),
    cost: RecordedMoney,
    /** The carrier's number of the parcel, or ours until there is one; missing once the buyer has left. */
    tracking: Type.Optional(Text(1, 100)),
    status: ShipmentStatus,
    /** Number of failed attempts at its delivery. */
    failures: Type.Integer({ minimum: 0 }),
    /** The carrier's latest words. */
    note: Type.Optional(RecordedReason),
    /** Time of what the status says. */
    happenedAt: Timestamp,
    /** Revision of its stream, for `If-Match`. */
    revision: Type.Integer(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [shipment],
  key: 'id',
  beginsWith: [shipment],
  indexes: [['userId'], ['tracking']],
}).rules({
  ShipmentCreated: (_, { id, at, revision, data: { orderId, userId, carrier, method, cost } }) => ({
    id,
    orderId,
    userId,
    carrier,
    method,
    cost,
    tracking: trackingOf(id),
    status: 'CREATED',
    failures: 0,
    happenedAt: at,
    revision,
    createdAt: at,
    updatedAt: at,
  }),
  ShipmentMethodChanged: (document, { at, revision, data: { carrier, method } }) =>
    document && { ...document, carrier, method, revision, updatedAt: at },
  ShipmentTracked: (document, { at, revision, data: { tracking } }) =>
    document && { ...document, tracking, revision, updatedAt: at },
  ShipmentDispatched: (document, { at, revision, data }) =>
    document && { ...document, ...said(data), status: 'DISPATCHED', revision, updatedAt: at },
  ShipmentInTransit: (document, { at, revision, data }) =>
    document && { ...document, ...said(data), status: 'IN_TRANSIT', revision, updatedAt: at },
  ShipmentDelivered: (document, { at, revision, data }) =>
    document && { ...document, ...said(data), status: 'DELIVERED', revision, updatedAt: at },
  ShipmentFailed: (document, { at, revision, data }) =>
    document && {
      ...document,
      ...(data.late ? {} : { ...said(data), status: 'FAILED' }),
      failures: data.attempt,
      revision,
      updatedAt: at,
    },
  ShipmentReturned: (document, { at, revision, data: { happenedAt } }) =>
    document && { ...document, status: 'RETURNED', happenedAt, revision, updatedAt: at },
  ShipmentCancelled: (document, { at, revision }) =>
    document && { ...document, status: 'CANCELLED', happenedAt: at, revision, updatedAt: at },
  ShipmentForgotten: (document, { revision }) => {
    if (!document) return undefined
    const { tracking: _, note: __, ...rest } = document
    return { ...rest, revision }
  },
})

/** Time and words of a report. */
const said = ({ happenedAt, note }: { readonly happenedAt: string; readonly note?: string }) => ({
  happenedAt,
  ...(note !== undefined && { note }),
})
