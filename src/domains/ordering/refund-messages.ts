import { Type, type Static } from 'typebox'
import { Fields, personal, saysNo } from '#kernel'
import {
  RecordedMoney,
  ProductId,
  Quantity,
  Reason,
  RefundId,
  ReturnId,
  UserId,
} from '../shared/index.ts'
import { OrderStatus } from './transitions.ts'

// Commands, events and refusals of refunds and returns of an order.

/** Number of an order's line, counted from 0. */
const LineNumber = Type.Integer({ minimum: 0, maximum: 99 })

/** A number of pieces of one line of an order. */
export const Portion = Fields({ line: LineNumber, refId: ProductId, quantity: Quantity })
export type Portion = Static<typeof Portion>

const Portions = Type.Array(Portion, { maxItems: 100 })

/** Pieces in a request, by the number of the line or by the product. */
export const WantedPieces = Fields({
  line: Type.Optional(LineNumber),
  refId: Type.Optional(ProductId),
  quantity: Quantity,
})
export type WantedPieces = Static<typeof WantedPieces>

/** Missing: all remaining pieces. */
export const Wanted = Type.Optional(Type.Array(WantedPieces, { minItems: 1, maxItems: 100 }))

/** Reason of a return, in the buyer's words. */
const Words = Type.Optional(personal(Reason))

/** The buyer has left and is not notified. */
const BuyerLeft = Type.Optional(Type.Literal(true))

export const refundCommands = {
  RequestRefund: Fields(
    {
      refundId: RefundId,
      items: Wanted,
      /** Any amount up to the remaining one, instead of pieces. */
      amount: Type.Optional(RecordedMoney),
      reason: Reason,
      /** Whether the pieces are put back into stock. Default: only if the order was not shipped. */
      restock: Type.Optional(Type.Boolean()),
    },
    { description: 'Request a refund: of some pieces, of an amount, or of all that remains.' },
  ),
  MarkRefunded: Fields({ refundId: RefundId }, { description: 'Record that a refund was made.' }),
  MarkRefundFailed: Fields(
    { refundId: RefundId, reason: Reason },
    { description: 'Record that a refund failed.' },
  ),
  AdoptRefund: Fields(
    { refundId: RefundId },
    { description: 'Record a full refund that the payment made without a request of the order.' },
  ),
  RequestReturn: Fields(
    { returnId: ReturnId, items: Wanted, words: Words },
    { description: 'Request a return.' },
  ),
  AcceptReturn: Fields({ returnId: ReturnId }, { description: 'Accept a return.' }),
  DeclineReturn: Fields(
    { returnId: ReturnId, reason: Type.Optional(Reason) },
    { description: 'Decline a return.' },
  ),
  TakeBackParcel: Fields(
    { returnId: ReturnId },
    {
      description:
        'Record that its parcel came back undelivered: what was in it is returned and restocked, and all that is left is refunded.',
    },
  ),
  ReceiveReturn: Fields(
    { returnId: ReturnId, restock: Type.Boolean() },
    { description: 'Record that returned goods have arrived, and request their refund.' },
  ),
}

export const refundEvents = {
  /** `returnId`: the return that led to it. `restock`: the pieces that it puts back into stock. */
  OrderRefundRequested: Fields({
    refundId: RefundId,
    returnId: Type.Optional(ReturnId),
    lines: Portions,
    amount: RecordedMoney,
    reason: Reason,
    restock: Portions,
  }),
  /**
   * `refunded` is the total refunded amount of the order, `status` its new status. `adopted`: the payment was refunded
   * before orders recorded refunds; no notification is sent. `unsent`: it was not shipped, and never will be.
   */
  OrderRefunded: Fields({
    refundId: RefundId,
    userId: UserId,
    lines: Portions,
    amount: RecordedMoney,
    refunded: RecordedMoney,
    restock: Portions,
    status: OrderStatus,
    buyerLeft: BuyerLeft,
    unsent: Type.Optional(Type.Literal(true)),
    adopted: Type.Optional(Type.Literal(true)),
  }),
  OrderRefundFailed: Fields({ refundId: RefundId, reason: Reason }),
  OrderReturnRequested: Fields({
    returnId: ReturnId,
    userId: UserId,
    lines: Portions,
    words: Words,
  }),
  OrderReturnAccepted: Fields({
    returnId: ReturnId,
    userId: UserId,
    lines: Portions,
    buyerLeft: BuyerLeft,
  }),
  OrderReturnDeclined: Fields({
    returnId: ReturnId,
    userId: UserId,
    lines: Portions,
    reason: Type.Optional(Reason),
    buyerLeft: BuyerLeft,
  }),
  /** `status` is the order's new status: RETURNED, once the buyer has no more paid pieces. */
  OrderReturnReceived: Fields({
    returnId: ReturnId,
    userId: UserId,
    lines: Portions,
    restock: Portions,
    status: OrderStatus,
    buyerLeft: BuyerLeft,
  }),
}

export const refundRefusals = {
  AlreadyRefunded: 'This order was refunded; nothing of it is shipped or paid back any more.',
  AlreadyReturned: 'The goods of this order came back; nothing of it is shipped any more.',
  BeingRefunded: 'All of this order is being refunded; it is not shipped unless that fails.',
  UnknownLine: saysNo.invalid(
    'The order has no such line; name one by `line`, counted from 0, or by `refId`.',
  ),
  MoreThanLeft: 'Fewer pieces than that are left: ask for what was not refunded or returned yet.',
  MoreThanPaid: 'Less than that is left of what was paid; refund no more than that.',
  OtherCurrency: 'The order was paid in another currency; refund in that one.',
  TooManyReturns: 'So many returns were asked for that no more are taken; ask the shop.',
  NoSuchRefund: saysNo.notFound('The order has no such refund.'),
  NoSuchReturn: saysNo.notFound('The order has no such return.'),
  ReturnDeclined: 'This return was declined; the buyer may ask for another one.',
  ReturnReceived: 'These goods came back already.',
}
