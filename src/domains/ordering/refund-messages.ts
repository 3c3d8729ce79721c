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

// What can be asked of an order, and happen to it, when money or goods go back.

/** Which line of an order, counted from 0. */
const LineNumber = Type.Integer({ minimum: 0, maximum: 99 })

/** Some pieces of one line of an order. */
export const Portion = Fields({ line: LineNumber, refId: ProductId, quantity: Quantity })
export type Portion = Static<typeof Portion>

const Portions = Type.Array(Portion, { maxItems: 100 })

/** Pieces as somebody names them: by the number of the line, or by what was bought. */
export const WantedPieces = Fields({
  line: Type.Optional(LineNumber),
  refId: Type.Optional(ProductId),
  quantity: Quantity,
})
export type WantedPieces = Static<typeof WantedPieces>

/** All that is left, when it is missing. */
export const Wanted = Type.Optional(Type.Array(WantedPieces, { minItems: 1, maxItems: 100 }))

/** Why goods go back, as their buyer puts it. */
const Words = Type.Optional(personal(Reason))

/** The buyer has left, and is told nothing of it. */
const BuyerLeft = Type.Optional(Type.Literal(true))

export const refundCommands = {
  RequestRefund: Fields(
    {
      refundId: RefundId,
      items: Wanted,
      /** Any sum up to what is left, instead of pieces. */
      amount: Type.Optional(RecordedMoney),
      reason: Reason,
      /** Whether the pieces go back on sale. Default: only if the order was not shipped. */
      restock: Type.Optional(Type.Boolean()),
    },
    { description: 'Ask to give money back: for some pieces, a sum, or all that is left.' },
  ),
  MarkRefunded: Fields(
    { refundId: RefundId },
    { description: 'Record that the money of a refund was given back.' },
  ),
  MarkRefundFailed: Fields(
    { refundId: RefundId, reason: Reason },
    { description: 'Record that the money of a refund cannot be given back.' },
  ),
  AdoptRefund: Fields(
    { refundId: RefundId },
    { description: 'Record that all the money was given back without the order being asked.' },
  ),
  RequestReturn: Fields(
    { returnId: ReturnId, items: Wanted, words: Words },
    { description: 'Ask to send goods back.' },
  ),
  AcceptReturn: Fields({ returnId: ReturnId }, { description: 'Let goods be sent back.' }),
  DeclineReturn: Fields(
    { returnId: ReturnId, reason: Type.Optional(Reason) },
    { description: 'Do not take goods back.' },
  ),
  ReceiveReturn: Fields(
    { returnId: ReturnId, restock: Type.Boolean() },
    { description: 'Record that goods came back, and ask to give their money back.' },
  ),
}

export const refundEvents = {
  /** `returnId`: what came back, if that is why. `restock`: the pieces that go back on sale with it. */
  OrderRefundRequested: Fields({
    refundId: RefundId,
    returnId: Type.Optional(ReturnId),
    lines: Portions,
    amount: RecordedMoney,
    reason: Reason,
    restock: Portions,
  }),
  /**
   * `refunded` is all that was given back of the order by now, `status` where the order stands with it. `adopted`: it was
   * given back before orders were asked; the buyer knows.
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
  /** `status` is where the order stands with it: RETURNED, once nothing that was paid for is left with the buyer. */
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
