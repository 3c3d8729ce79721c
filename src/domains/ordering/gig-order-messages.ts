import { Type } from 'typebox'
import { about, Fields, personal, saysNo, Timestamp } from '#kernel'
import {
  GigId,
  MediaId,
  Money,
  Name,
  Paragraphs,
  PaymentId,
  PaymentToken,
  Reason,
  RecordedMoney,
  RecordedReason,
  RecordedToken,
  RefundId,
  Text,
  UserId,
} from '../shared/index.ts'
import { GigOrderStatus, Party } from './gig-order-status.ts'

// Commands, events and refusals of an order of a gig.

const terms = {
  /** Days from the start of the work to the delivery, and from the request of a revision to the next one. */
  deliveryDays: Type.Integer({ minimum: 1, maximum: 365 }),
  /** Number of revisions that the buyer may ask for. */
  revisions: Type.Integer({ minimum: 0, maximum: 100 }),
}

const Media = Type.Array(MediaId, { maxItems: 20, uniqueItems: true })

/** Number of a delivery, from 1; 0 before the first one. */
const DeliveryNumber = Type.Integer({ minimum: 0, maximum: 101 })

/** Message with a delivery, or with the request of a revision. */
const WorkMessage = Paragraphs(1, 10_000)

/** What the buyer tells the seller with the order. */
const Requirements = Paragraphs(1, 10_000)

export const gigOrderCommands = {
  PlaceGigOrder: Fields(
    {
      userId: UserId,
      sellerId: UserId,
      gigId: GigId,
      title: personal(Name(1, 200)),
      package: personal(Name(1, 100)),
      price: Money,
      ...terms,
      requirements: Type.Optional(personal(Requirements)),
      paymentToken: PaymentToken,
      agreedTotal: Type.Optional(Money),
    },
    {
      description: 'Order a package of a gig; refused where its price is not the agreed total.',
    },
  ),
  StartGigOrder: Fields(
    { paymentId: PaymentId },
    { description: 'Record that its money is held: the work begins.' },
  ),
  AbandonGigOrder: Fields(
    { reason: Reason },
    { description: 'Cancel an order whose work has not begun, as its money is not held.' },
  ),
  DeliverGigOrder: Fields(
    { message: personal(WorkMessage), mediaIds: Type.Optional(Media) },
    { description: 'Deliver the work to the buyer.' },
  ),
  RequestRevision: Fields(
    { message: personal(WorkMessage) },
    { description: 'Ask the seller for a revision of the delivered work.' },
  ),
  CompleteGigOrder: Fields(
    { delivery: Type.Optional(DeliveryNumber) },
    {
      description:
        'Accept the delivered work; with the number of a delivery, only if that is the last one and has no answer.',
    },
  ),
  MarkGigOrderOverdue: Fields(
    { delivery: DeliveryNumber },
    { description: 'Record that the delivery after this one is overdue.' },
  ),
  RecordGigOrderCapture: Fields(
    { paymentId: PaymentId },
    { description: 'Record that the money of an accepted order is taken.' },
  ),
  RecordGigOrderNotCaptured: Fields(
    { reason: Reason },
    { description: 'Record that the money of an accepted order could not be taken.' },
  ),
  CancelGigOrder: Fields(
    { side: Type.Enum(['buyer', 'seller', 'admin']), words: Type.Optional(personal(Reason)) },
    {
      description:
        'Cancel the order for a side. Once the work has begun, a party proposes it; the other one agrees by the same command.',
    },
  ),
  LetPartyGo: Fields(
    { side: Party },
    { description: 'Record that a party has left: the order ends, and the words of the party go.' },
  ),
  RequestGigRefund: Fields(
    { refundId: RefundId, amount: Type.Optional(RecordedMoney), reason: Reason },
    { description: 'Request a refund of a completed order: of an amount, or of all that remains.' },
  ),
  MarkGigRefunded: Fields(
    { refundId: RefundId },
    { description: 'Record that a refund of an order of a gig was made.' },
  ),
  MarkGigRefundFailed: Fields(
    { refundId: RefundId, reason: Reason },
    { description: 'Record that a refund of an order of a gig failed.' },
  ),
}

/** Parties, gig and price, in every event that a sum or a count of somebody follows from. */
const sale = { userId: UserId, sellerId: UserId, gigId: GigId, price: RecordedMoney }

/** Since when the money was held; missing if it never was. */
const HeldSince = Type.Optional(Timestamp)

export const gigOrderEvents = {
  GigOrderPlaced: Fields({
    ...sale,
    ...terms,
    requirements: Type.Optional(personal(Text(1, 10_000))),
    paymentToken: RecordedToken,
  }),
  /** What was ordered, in the words of the seller; follows the placing. */
  GigOrderTermsRecorded: about(
    'sellerId',
    Fields({ sellerId: UserId, title: personal(Text(1, 200)), package: personal(Text(1, 100)) }),
  ),
  /** The money is held since `startedAt`, and the work due at `dueAt`. */
  GigOrderStarted: Fields({
    ...sale,
    paymentId: PaymentId,
    startedAt: Timestamp,
    dueAt: Timestamp,
  }),
  /** `delivery` is its number, from 1. */
  GigOrderDelivered: about(
    'sellerId',
    Fields({
      sellerId: UserId,
      delivery: DeliveryNumber,
      message: personal(Text(1, 10_000)),
      mediaIds: Media,
    }),
  ),
  /** `delivery` is the number of the delivery that is revised. */
  GigOrderRevisionRequested: Fields({
    userId: UserId,
    delivery: DeliveryNumber,
    message: personal(Text(1, 10_000)),
    dueAt: Timestamp,
  }),
  GigOrderOverdue: Fields({ delivery: DeliveryNumber }),
  /** The work is accepted, by the buyer or (`silent`) as they did not answer: the money is to be taken. */
  GigOrderAccepted: Fields({ by: Type.String(), silent: Type.Optional(Type.Literal(true)) }),
  /** The money is taken. */
  GigOrderCompleted: Fields({ ...sale, heldSince: Timestamp }),
  /** `personId`: the party whose words these are. */
  GigOrderCancellationProposed: about(
    'personId',
    Fields({ side: Party, personId: UserId, words: Type.Optional(personal(RecordedReason)) }),
  ),
  /** `by` is a user's id, or the name of the part of Agora that cancelled it. `personId`: the party whom the words concern. */
  GigOrderCancelled: about(
    'personId',
    Fields({
      ...sale,
      reason: RecordedReason,
      by: Type.String(),
      heldSince: HeldSince,
      personId: Type.Optional(UserId),
      words: Type.Optional(personal(RecordedReason)),
    }),
  ),
  /** A party has left Agora: their words are erased, and they get no more notifications. */
  GigOrderPartyLeft: Fields({ side: Party }),
  GigOrderRefundRequested: Fields({
    refundId: RefundId,
    amount: RecordedMoney,
    reason: Reason,
  }),
  /** `refunded` is the total refunded amount, `status` the new status. */
  GigOrderRefunded: Fields({
    ...sale,
    refundId: RefundId,
    amount: RecordedMoney,
    refunded: RecordedMoney,
    status: GigOrderStatus,
    buyerLeft: Type.Optional(Type.Literal(true)),
  }),
  GigOrderRefundFailed: Fields({ refundId: RefundId, reason: Reason }),
}

export const gigOrderRefusals = {
  NoSuchOrder: saysNo.notFound('There is no such order.'),
  AlreadyPlaced: 'An order with this id was placed before; place this one under another id.',
  PriceChanged: 'The price of the package has changed; look at the gig again.',
  OwnGig: saysNo.forbidden('Nobody orders their own gig.'),
  NotStarted: 'The money for this order is not secured yet; wait a moment.',
  NotDelivered: 'Nothing was delivered that waits for an answer; wait for the delivery.',
  AlreadyStarted: 'The money for this order is secured, and the work has begun.',
  AlreadyDelivered: 'The work is delivered already; wait for the answer of the buyer.',
  AlreadyInRevision: 'A revision was asked for already; wait for the next delivery.',
  NoRevisionsLeft: 'All revisions of the package are used; accept the work, or ask to cancel.',
  AlreadyAccepted: 'The work is accepted, and the money is being taken; ask an admin for a refund.',
  AlreadyCompleted: 'This order is completed; ask an admin for a refund.',
  AlreadyCancelled: 'This order was cancelled; place a new one.',
  NotAccepted: 'The work is not accepted yet.',
  NotCompleted: 'Only the money of a completed order can be refunded.',
  AlreadyRefunded: 'All of this order was refunded.',
  MoreThanPaid: 'Less than that is left of what was paid; refund no more than that.',
  OtherCurrency: 'The order was paid in another currency; refund in that one.',
  NoSuchRefund: saysNo.notFound('The order has no such refund.'),
}
