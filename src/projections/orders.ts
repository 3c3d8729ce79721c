import { Type } from 'typebox'
import { categoryOf, Fields, projection, Timestamp } from '#kernel'
import {
  AnyOrderItem,
  AnyOrderStatus,
  forgottenWords,
  gigItemOf,
  gigOrder,
  order,
  Portion,
  RecordedShipping,
} from '../domains/ordering/language.ts'
import { payment } from '../domains/payments/language.ts'
import { shipment, ShipmentStatus } from '../domains/shipping/language.ts'
import {
  OrderId,
  PaymentId,
  Quantity,
  RecordedAddress,
  RecordedMoney,
  RecordedReason,
  RefundId,
  ReturnId,
  ShipmentId,
  UserId,
} from '../domains/shared/index.ts'
import {
  acceptedWork,
  cancelledWork,
  deliveredWork,
  GigWork,
  itemsWithout,
  placedWork,
  proposedWork,
  revisedWork,
  workWithout,
} from './gig-work.ts'
import {
  calledOff,
  PaymentStatus,
  refundAsked,
  refundDone,
  refundFailed,
} from './payment-status.ts'

const Refund = Fields({
  id: RefundId,
  status: Type.Enum(['PENDING', 'DONE', 'FAILED']),
  lines: Type.Array(Portion),
  amount: RecordedMoney,
  /** Reason of the request; of the failure, if it failed. */
  reason: RecordedReason,
  /** Number of pieces that it puts back into stock. */
  restocked: Type.Integer({ minimum: 0 }),
  returnId: Type.Optional(ReturnId),
  at: Timestamp,
})

const Return = Fields({
  id: ReturnId,
  status: Type.Enum(['REQUESTED', 'ACCEPTED', 'DECLINED', 'RECEIVED']),
  lines: Type.Array(Portion),
  /** Reason, in the buyer's words. */
  reason: Type.Optional(RecordedReason),
  /** Reason why it was declined. */
  answer: Type.Optional(RecordedReason),
  /** Number of pieces that it put back into stock. */
  restocked: Type.Integer({ minimum: 0 }),
  at: Timestamp,
})

/** All orders with lines, status, reason of their end, refunds, returns, payment and shipment; those of gigs with the work. */
export const orders = projection({
  name: 'orders',
  version: 5,
  store: 'postgres',
  document: Fields({
    id: OrderId,
    userId: UserId,
    /** The seller of a gig; the shop sells products. */
    sellerId: Type.Optional(UserId),
    status: AnyOrderStatus,
    /** `refunded` and `returned`: number of pieces of the line. */
    items: Type.Array(
      Fields({
        ...AnyOrderItem.properties,
        refunded: Type.Optional(Quantity),
        returned: Type.Optional(Quantity),
      }),
    ),
    /** Chosen delivery; its cost is a part of the total. */
    shipping: Type.Optional(RecordedShipping),
    total: RecordedMoney,
    /** Refunded so far. */
    refunded: Type.Optional(RecordedMoney),
    refunds: Type.Optional(Type.Array(Refund)),
    returns: Type.Optional(Type.Array(Return)),
    /** Reason of the rejection or cancellation. */
    reason: Type.Optional(RecordedReason),
    payment: Type.Optional(
      Fields({
        id: PaymentId,
        status: PaymentStatus,
        refunded: Type.Optional(RecordedMoney),
        refunding: Type.Optional(RecordedMoney),
      }),
    ),
    shipment: Type.Optional(Fields({ id: ShipmentId, status: ShipmentStatus })),
    shippingAddress: Type.Optional(RecordedAddress),
    /** Of an order of a gig. */
    work: Type.Optional(GigWork),
    /** Revision of its stream, for `If-Match`. */
    revision: Type.Integer(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [order, gigOrder, payment, shipment],
  key: (event) =>
    categoryOf(event.stream) !== order.name && 'orderId' in event.data
      ? event.data.orderId
      : event.id,
  beginsWith: [order, gigOrder],
  indexes: [
    ['userId', 'createdAt'],
    ['sellerId', 'createdAt'],
    ['status', 'createdAt'],
    ['createdAt'],
  ],
}).rules({
  OrderPlaced: (_, { id, at, revision, data }) => {
    const { userId, items, shipping, total, shippingAddress } = data
    return {
      id,
      userId,
      status: 'PENDING',
      items,
      ...(shipping && { shipping }),
      total,
      ...(shippingAddress && { shippingAddress }),
      createdAt: at,
      revision,
      updatedAt: at,
    }
  },
  OrderStockConfirmed: (document, { at, revision }) =>
    document && { ...document, status: 'STOCK_RESERVED', revision, updatedAt: at },
  OrderPaid: (document, { at, revision }) =>
    document && { ...document, status: 'PAID', revision, updatedAt: at },
  OrderConfirmed: (document, { at, revision }) =>
    document && { ...document, status: 'CONFIRMED', revision, updatedAt: at },
  OrderRejected: (document, { at, revision, data: { reason } }) =>
    document && { ...document, status: 'REJECTED', reason, revision, updatedAt: at },
  OrderCancelled: (document, { at, revision, data: { reason, words = reason } }) =>
    document && { ...document, status: 'CANCELLED', reason: words, revision, updatedAt: at },
  OrderShipped: (document, { at, revision }) =>
    document && { ...document, status: 'SHIPPED', revision, updatedAt: at },
  OrderDelivered: (document, { at, revision }) =>
    document && { ...document, status: 'DELIVERED', revision, updatedAt: at },
  OrderCompleted: (document, { at, revision }) =>
    document && { ...document, status: 'COMPLETED', revision, updatedAt: at },

  OrderBuyerLeft: (document, { revision }) => document && { ...document, revision },
  OrderAddressForgotten: (document, { revision }) => {
    if (!document) return undefined
    const { shippingAddress: _, reason, ...rest } = { ...document, revision }
    // Reasons of cancellations and returns are texts of the buyer.
    const returns = document.returns?.map((one) => {
      const { reason: _, ...withoutReason } = one
      return withoutReason
    })
    return {
      ...rest,
      ...(document.status !== 'CANCELLED' && reason !== undefined && { reason }),
      ...(returns && { returns }),
    }
  },

  OrderRefundRequested: (document, { at, revision, data }) => {
    const { refundId: id, lines, amount, reason, restock, returnId } = data
    const requested = { id, status: 'PENDING' as const, lines, amount, reason, at }
    const more = { restocked: piecesIn(restock), ...(returnId !== undefined && { returnId }) }
    return (
      document && {
        ...document,
        refunds: withOne(document.refunds, { ...requested, ...more }),
        revision,
        updatedAt: at,
      }
    )
  },
  OrderRefunded: (document, { at, revision, data }) => {
    if (!document) return undefined
    const { refundId: id, lines, amount, refunded, restock, status } = data
    const requested = document.refunds?.find((refund) => refund.id === id)
    const done = { id, status: 'DONE' as const, lines, amount, restocked: piecesIn(restock) }
    return {
      ...document,
      status,
      items: document.items.map((item, line) => withPieces(item, 'refunded', line, lines)),
      refunded,
      refunds: withOne(document.refunds, { reason: 'refunded', ...requested, ...done, at }),
      revision,
      updatedAt: at,
    }
  },
  OrderRefundFailed: (document, { at, revision, data: { refundId, reason } }) =>
    document && {
      ...document,
      refunds: (document.refunds ?? []).map((refund) =>
        refund.id === refundId
          ? { ...refund, status: 'FAILED' as const, restocked: 0, reason, at }
          : refund,
      ),
      revision,
      updatedAt: at,
    },

  OrderReturnRequested: (document, { at, revision, data: { returnId: id, lines, words } }) => {
    const requested = { id, status: 'REQUESTED' as const, lines, restocked: 0, at }
    const given = words === undefined ? {} : { reason: words }
    return (
      document && {
        ...document,
        returns: withOne(document.returns, { ...requested, ...given }),
        revision,
        updatedAt: at,
      }
    )
  },
  OrderReturnAccepted: (document, { at, revision, data: { returnId } }) =>
    document && {
      ...document,
      returns: (document.returns ?? []).map((one) =>
        one.id === returnId ? { ...one, status: 'ACCEPTED' as const, at } : one,
      ),
      revision,
      updatedAt: at,
    },
  OrderReturnDeclined: (document, { at, revision, data: { returnId, reason } }) =>
    document && {
      ...document,
      returns: (document.returns ?? []).map((one) =>
        one.id === returnId
          ? {
              ...one,
              status: 'DECLINED' as const,
              ...(reason !== undefined && { answer: reason }),
              at,
            }
          : one,
      ),
      revision,
      updatedAt: at,
    },
  OrderReturnReceived: (document, { at, revision, data: { returnId, lines, restock, status } }) =>
    document && {
      ...document,
      status,
      items: document.items.map((item, line) => withPieces(item, 'returned', line, lines)),
      returns: (document.returns ?? []).map((one) =>
        one.id === returnId
          ? { ...one, status: 'RECEIVED' as const, restocked: piecesIn(restock), at }
          : one,
      ),
      revision,
      updatedAt: at,
    },

  GigOrderPlaced: (_, event) => {
    const { id, at, revision, data } = event
    const { userId, sellerId, price } = data
    const words = { title: forgottenWords, package: forgottenWords }
    return {
      id,
      userId,
      sellerId,
      status: 'PENDING',
      items: [gigItemOf({ ...data, ...words })],
      total: price,
      work: placedWork(event),
      createdAt: at,
      revision,
      updatedAt: at,
    }
  },
  GigOrderTermsRecorded: (document, { revision, data: { title: name, package: ordered } }) =>
    document && {
      ...document,
      items: document.items.map((item) => ({ ...item, name, package: ordered })),
      revision,
    },
  GigOrderStarted: (document, { at, revision, data: { dueAt } }) =>
    document && {
      ...document,
      status: 'IN_PROGRESS',
      ...(document.work && { work: { ...document.work, dueAt } }),
      revision,
      updatedAt: at,
    },
  GigOrderDelivered: (document, event) =>
    worked(document, event, 'DELIVERED', (work) => deliveredWork(work, event)),
  GigOrderRevisionRequested: (document, event) =>
    worked(document, event, 'IN_REVISION', (work) => revisedWork(work, event)),
  GigOrderOverdue: (document, event) =>
    worked(document, event, document?.status, (work) => ({ ...work, overdue: true })),
  GigOrderAccepted: (document, event) =>
    worked(document, event, document?.status, (work) => acceptedWork(work, event)),
  GigOrderCompleted: (document, event) => worked(document, event, 'COMPLETED', (work) => work),
  GigOrderCancellationProposed: (document, event) =>
    worked(document, event, document?.status, (work) => proposedWork(work, event)),
  GigOrderCancelled: (document, event) =>
    document && {
      ...document,
      ...worked(document, event, 'CANCELLED', (work) => cancelledWork(work, event)),
      reason: event.data.reason,
    },
  GigOrderPartyLeft: (document, { revision, data: { side } }) => {
    if (!document) return undefined
    const { userId, sellerId = userId, work, items } = document
    const personId = side === 'buyer' ? userId : sellerId
    return {
      ...document,
      ...(side === 'seller' && { items: itemsWithout(items) }),
      ...(work && { work: workWithout(work, side, personId) }),
      revision,
    }
  },
  GigOrderRefundRequested: (document, { at, revision, data: { refundId: id, amount, reason } }) => {
    const asked = { id, status: 'PENDING' as const, lines: [], amount, reason, restocked: 0, at }
    return (
      document && {
        ...document,
        refunds: withOne(document.refunds, asked),
        revision,
        updatedAt: at,
      }
    )
  },
  GigOrderRefunded: (document, { at, revision, data: { refundId, refunded, status } }) =>
    document && {
      ...document,
      status,
      refunded,
      refunds: (document.refunds ?? []).map((one) =>
        one.id === refundId ? { ...one, status: 'DONE' as const, at } : one,
      ),
      revision,
      updatedAt: at,
    },
  GigOrderRefundFailed: (document, { at, revision, data: { refundId, reason } }) =>
    document && {
      ...document,
      refunds: (document.refunds ?? []).map((one) =>
        one.id === refundId ? { ...one, status: 'FAILED' as const, reason, at } : one,
      ),
      revision,
      updatedAt: at,
    },

  PaymentAuthorisationRequested: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'PENDING' }, updatedAt: at },
  PaymentAuthorised: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'AUTHORIZED' }, updatedAt: at },
  PaymentAuthorisationFailed: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'FAILED' }, updatedAt: at },
  PaymentCaptured: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'COMPLETED' }, updatedAt: at },
  PaymentCaptureFailed: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'FAILED' }, updatedAt: at },

  PaymentInitiated: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'PENDING' }, updatedAt: at },
  PaymentCompleted: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'COMPLETED' }, updatedAt: at },
  PaymentFailed: (document, { id, at }) =>
    document && { ...document, payment: { id, status: 'FAILED' }, updatedAt: at },
  PaymentVoided: (document, { id, at }) =>
    document?.payment
      ? {
          ...document,
          payment: { id, status: calledOff(document.payment.status) },
          updatedAt: at,
        }
      : document,
  PaymentRefundRequested: (document, { id, at, data: { amount } }) =>
    document && {
      ...document,
      payment: { id, ...refundAsked(document.payment ?? {}, amount) },
      updatedAt: at,
    },
  PaymentRefunded: (document, { id, at, data: { amount } }) =>
    document && {
      ...document,
      payment: { id, ...refundDone(document.payment ?? {}, document.total, amount) },
      updatedAt: at,
    },
  PaymentRefundFailed: (document, { id, at, data: { amount } }) =>
    document && {
      ...document,
      payment: { id, ...refundFailed(document.payment ?? {}, amount) },
      updatedAt: at,
    },

  ShipmentCreated: (document, event) => withShipment(document, event, 'CREATED'),
  ShipmentDispatched: (document, event) => withShipment(document, event, 'DISPATCHED'),
  ShipmentInTransit: (document, event) => withShipment(document, event, 'IN_TRANSIT'),
  ShipmentDelivered: (document, event) => withShipment(document, event, 'DELIVERED'),
  ShipmentFailed: (document, event) =>
    event.data.late ? document : withShipment(document, event, 'FAILED'),
  ShipmentReturned: (document, event) => withShipment(document, event, 'RETURNED'),
  ShipmentCancelled: (document, event) => withShipment(document, event, 'CANCELLED'),
})

/** Returns an order of a gig after a step of its work. */
const worked = <
  Document extends { readonly status: AnyOrderStatus; readonly work?: GigWork },
  Status extends AnyOrderStatus,
>(
  document: Document | undefined,
  { at, revision }: { readonly at: string; readonly revision: number },
  status: Status | undefined,
  change: (work: GigWork) => GigWork,
) =>
  document && {
    ...document,
    status: status ?? document.status,
    ...(document.work && { work: change(document.work) }),
    revision,
    updatedAt: at,
  }

/** Returns an order with the status of its shipment. */
const withShipment = <D extends { readonly updatedAt: string }>(
  document: D | undefined,
  { id, at }: { readonly id: ShipmentId; readonly at: string },
  status: ShipmentStatus,
):
  | (D & { readonly shipment: { readonly id: ShipmentId; readonly status: ShipmentStatus } })
  | undefined => document && { ...document, shipment: { id, status }, updatedAt: at }

const piecesIn = (lines: readonly Portion[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** Returns a line with its number of refunded or returned pieces increased. */
const withPieces = <I extends { readonly refunded?: number; readonly returned?: number }>(
  item: I,
  field: 'refunded' | 'returned',
  line: number,
  lines: readonly Portion[],
): I => {
  const more = piecesIn(lines.filter((portion) => portion.line === line))
  return more > 0 ? { ...item, [field]: (item[field] ?? 0) + more } : item
}

/** Returns a list with one entry added, or replaced at the end of the list. */
const withOne = <O extends { readonly id: string }>(
  list: readonly O[] | undefined,
  one: O,
): O[] => [...(list ?? []).filter(({ id }) => id !== one.id), one]
