import { become, derivedId, only, rest, saga, send, type Move, type Step } from '#kernel'
import { stock } from '../domains/inventory/language.ts'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { gigOrder, order, type Portion } from '../domains/ordering/language.ts'
import { payment, paymentIdOf } from '../domains/payments/language.ts'
import { shipment, shipmentIdOf, undeliveredReturnOf } from '../domains/shipping/language.ts'
import {
  RefundId,
  type OrderId,
  type ProductId,
  type ReturnId,
  type UserId,
} from '../domains/shared/index.ts'
import { cameBackNews } from './delivery-wording.ts'
import {
  acceptedNews,
  declinedNews,
  receivedNews,
  refundedNews,
  type RefundNews,
} from './refund-wording.ts'
import { orderOf } from './order-of.ts'

type State = {
  /** Refunds that are neither completed nor failed. */
  readonly open: readonly RefundId[]
  /** The refunds are of an order of a gig. */
  readonly ofGig?: true
  /** Products whose returned pieces stock refused to count. */
  readonly uncounted?: readonly ProductId[]
}

/**
 * Carries out refunds and returns: refunds the payment, puts pieces back into stock, cancels the shipment of an order that is
 * not sent any more, and notifies the buyer. The order
 * decides first what goes back, so that none of it is shipped meanwhile; the payment decides whether the amount is
 * available.
 */
export const refunding = saga({
  name: 'refunding',
  subject: 'Refund',
  from: [order, gigOrder, payment],
  to: [
    only(order, 'MarkRefunded', 'MarkRefundFailed', 'AdoptRefund'),
    only(gigOrder, 'MarkGigRefunded', 'MarkGigRefundFailed'),
    only(payment, 'RefundPayment'),
    only(stock, 'ReturnStock'),
    only(shipment, 'CancelShipment'),
    only(notification, 'RequestNotification'),
  ],
  key: orderOf(order, gigOrder),
}).rules<State>({
  initialState: { open: [] },

  on: {
    OrderRefundRequested: (state, { id: orderId, data: { refundId, amount, reason } }) =>
      become(
        { ...state, open: [...state.open, refundId] },
        send(payment, paymentIdOf(orderId), 'RefundPayment', { orderId, refundId, amount, reason }),
      ),

    GigOrderRefundRequested: (state, { id: orderId, data: { refundId, amount, reason } }) =>
      become(
        { ...state, ofGig: true, open: [...state.open, refundId] },
        send(payment, paymentIdOf(orderId), 'RefundPayment', { orderId, refundId, amount, reason }),
      ),

    // Full refunds of payments from before orders recorded refunds have no refund's id; nor have those of rejected and
    // cancelled orders, which refuse AdoptRefund.
    PaymentRefunded: (state, { id, data: { orderId, refundId } }) =>
      become(
        state,
        refundId === undefined
          ? send(order, orderId, 'AdoptRefund', { refundId: derivedId(RefundId, id, 'refund') })
          : state.ofGig
            ? send(gigOrder, orderId, 'MarkGigRefunded', { refundId })
            : send(order, orderId, 'MarkRefunded', { refundId }),
      ),

    PaymentRefundFailed: (state, { data: { orderId, refundId, reason } }) =>
      refundId === undefined
        ? become(state)
        : become(state, failed(state, orderId, refundId, reason)),

    OrderRefunded: (state, { id: orderId, data }) => {
      const { refundId, userId, amount, restock, status, buyerLeft, unsent, adopted } = data
      const silent = buyerLeft || adopted
      return closed(
        state,
        refundId,
        ...putBack(orderId, refundId, restock),
        ...(unsent
          ? [send(shipment, shipmentIdOf(orderId), 'CancelShipment', { orderId, userId })]
          : []),
        ...(silent ? [] : tell(orderId, userId, refundId, refundedNews(amount, status))),
      )
    },

    GigOrderRefunded: (state, { id: orderId, data }) => {
      const { refundId, userId, amount, status, buyerLeft } = data
      const news = buyerLeft ? [] : tell(orderId, userId, refundId, refundedNews(amount, status))
      return closed(state, refundId, ...news)
    },

    OrderRefundFailed: (state, { data: { refundId } }) => closed(state, refundId),
    GigOrderRefundFailed: (state, { data: { refundId } }) => closed(state, refundId),

    OrderReturnAccepted: (state, { id: orderId, data: { returnId, userId, buyerLeft } }) =>
      buyerLeft ? become(state) : going(state, tell(orderId, userId, returnId, acceptedNews)),

    OrderReturnDeclined: (state, { id: orderId, data: { returnId, userId, reason, buyerLeft } }) =>
      buyerLeft
        ? become(state)
        : going(state, tell(orderId, userId, returnId, declinedNews(reason))),

    OrderReturnReceived: (state, { id: orderId, data }) => {
      const { returnId, userId, restock, buyerLeft } = data
      return going(state, [
        ...putBack(orderId, returnId, restock),
        ...(buyerLeft ? [] : tell(orderId, userId, returnId, newsOf(orderId, returnId))),
      ])
    },
  },

  // Other refusals need no rule: the order refuses when the refund has ended, or the order was rejected or cancelled.
  refused: {
    RefundPayment: (state, { reason, data: { orderId, refundId } }) =>
      become(state, failed(state, orderId, refundId, reason)),
    ReturnStock: (state, { id }) =>
      going({ ...state, uncounted: [...(state.uncounted ?? []), id] }, []),
  },
})

/** Returns the command that records the failure of a refund. */
const failed = ({ ofGig }: State, orderId: OrderId, refundId: RefundId, reason: string): Step =>
  ofGig
    ? send(gigOrder, orderId, 'MarkGigRefundFailed', { refundId, reason })
    : send(order, orderId, 'MarkRefundFailed', { refundId, reason })

/** Rests, unless a refund is open. */
const going = (state: State, steps: readonly Step[]): Move<State> =>
  state.open.length > 0 ? become(state, ...steps) : rest(state, ...steps)

const closed = (state: State, refundId: RefundId, ...steps: readonly Step[]): Move<State> =>
  going({ ...state, open: state.open.filter((each) => each !== refundId) }, steps)

/** Returns the commands that put pieces back into stock, one for each product. */
const putBack = (
  orderId: OrderId,
  cause: RefundId | ReturnId,
  restock: readonly Portion[],
): readonly Step[] => {
  const pieces = new Map<ProductId, number>()
  for (const { refId, quantity } of restock) pieces.set(refId, (pieces.get(refId) ?? 0) + quantity)
  return [...pieces].map(([productId, quantity]) =>
    send(stock, productId, 'ReturnStock', { orderId, cause, quantity }),
  )
}

const newsOf = (orderId: OrderId, returnId: ReturnId): RefundNews =>
  returnId === undeliveredReturnOf(orderId) ? cameBackNews : receivedNews

const tell = (
  orderId: OrderId,
  userId: UserId,
  cause: RefundId | ReturnId,
  news: RefundNews,
): readonly Step[] =>
  (['in_app', 'email'] as const).map((channel) =>
    send(
      notification,
      notificationIdOf(orderId, news.type, channel, cause),
      'RequestNotification',
      {
        userId,
        channel,
        orderId,
        ...news,
      },
    ),
  )
