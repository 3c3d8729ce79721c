import { Type, type Static } from 'typebox'
import { Fields, Timestamp } from '#kernel'
import {
  AnyOrderItem,
  AnyOrderStatus,
  Portion,
  RecordedShipping,
} from '../domains/ordering/language.ts'
import { ShipmentStatus } from '../domains/shipping/language.ts'
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
import { GigWork } from './gig-work.ts'
import { PaymentStatus } from './payment-status.ts'

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

/** An order in the read model: of products, or of one gig. */
export const Order = Fields({
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
})
export type Order = Static<typeof Order>

/** Returns a list with one entry added, or replaced at the end of the list. */
export const withOne = <O extends { readonly id: string }>(
  list: readonly O[] | undefined,
  one: O,
): O[] => [...(list ?? []).filter(({ id }) => id !== one.id), one]
