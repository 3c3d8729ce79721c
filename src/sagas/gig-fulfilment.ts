import { after, become, end, only, saga, send, type Step } from '#kernel'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { gigOrder, type Party } from '../domains/ordering/language.ts'
import { payment, paymentIdOf, providerUnavailable } from '../domains/payments/language.ts'
import type { Money, OrderId, UserId } from '../domains/shared/index.ts'
import {
  gigAcceptedNews,
  gigCancelledNews,
  gigCompletedNews,
  gigDeliveredNews,
  gigOrderedNews,
  gigOverdueNews,
  gigProposalNews,
  gigRevisionNews,
} from './gig-wording.ts'
import type { News } from './wording.ts'
import { orderOf } from './order-of.ts'

const day = 24 * 60 * 60_000

/** Days without an answer of the buyer after which delivered work is accepted. */
const silentDays = 3

type Run = {
  readonly phase: 'authorising' | 'working' | 'capturing'
  readonly orderId: OrderId
  readonly userId: UserId
  readonly sellerId: UserId
  readonly price: Money
  readonly deliveryDays: number
  /** Number of the last delivery. */
  readonly deliveries: number
  /** Number of deliveries and revisions: a proposal to cancel lapses with the next one. */
  readonly steps: number
  /** The buyer has not answered the delivery that was accepted. */
  readonly silent?: true
  /** The money was taken before the work was accepted: the provider's ledger said so. */
  readonly captured?: true
  /** Parties that have left, and get no more notifications. */
  readonly left: readonly Party[]
}

type State = { readonly phase: 'waiting' } | Run

/**
 * Carries an order of a gig: holds the money, notifies the parties of each step, takes the money once the work is accepted
 * (by the buyer, or by three days of silence), and releases it if the order is cancelled.
 *
 * The order alone decides which of a concurrent acceptance and cancellation wins; the saga follows its events. It reads
 * only those events of payments that product orders do not have, so that these start no run.
 * @param config.orderTimeout how long the money may remain neither held nor refused, in ms
 */
export const gigFulfilment = ({ orderTimeout }: { readonly orderTimeout: number }) =>
  saga({
    name: 'gigFulfilment',
    subject: 'GigOrder',
    from: [gigOrder, payment],
    to: [
      only(
        gigOrder,
        'StartGigOrder',
        'AbandonGigOrder',
        'CompleteGigOrder',
        'MarkGigOrderOverdue',
        'RecordGigOrderCapture',
        'RecordGigOrderNotCaptured',
      ),
      only(payment, 'AuthorisePayment', 'CapturePayment', 'VoidPayment'),
      only(notification, 'RequestNotification'),
    ],
    key: orderOf(gigOrder),
  }).rules<State>({
    initialState: { phase: 'waiting' },

    on: {
      GigOrderPlaced: (state, { id: orderId, data }) => {
        if (state.phase !== 'waiting') return become(state)
        const { userId, sellerId, price: amount, deliveryDays, paymentToken: token } = data
        const bill = { orderId, userId, amount, token }
        return become(
          {
            phase: 'authorising',
            orderId,
            userId,
            sellerId,
            price: amount,
            deliveryDays,
            deliveries: 0,
            steps: 0,
            left: [],
          },
          send(payment, paymentIdOf(orderId), 'AuthorisePayment', bill),
          after(
            orderTimeout,
            send(gigOrder, orderId, 'AbandonGigOrder', { reason: 'payment_timeout' }),
          ),
        )
      },

      PaymentAuthorised: (state, { id: paymentId }) =>
        state.phase === 'authorising'
          ? become(state, send(gigOrder, state.orderId, 'StartGigOrder', { paymentId }))
          : become(state),

      PaymentAuthorisationFailed: (state, { data: { reason } }) =>
        state.phase === 'authorising'
          ? become(
              state,
              send(gigOrder, state.orderId, 'AbandonGigOrder', { reason: refusalFor(reason) }),
            )
          : become(state),

      GigOrderStarted: (state, { data: { dueAt } }) => {
        if (state.phase !== 'authorising') return become(state)
        return become(
          { ...state, phase: 'working' },
          ...tell(state, 'seller', gigOrderedNews(state.price, dueAt)),
          whenOverdue(state),
        )
      },

      GigOrderDelivered: (state, { data: { delivery } }) => {
        if (state.phase === 'waiting') return become(state)
        const { orderId } = state
        return become(
          { ...state, deliveries: delivery, steps: state.steps + 1 },
          ...tell(state, 'buyer', gigDeliveredNews(silentDays), String(delivery)),
          after(silentDays * day, send(gigOrder, orderId, 'CompleteGigOrder', { delivery })),
        )
      },

      GigOrderRevisionRequested: (state, { data: { delivery, dueAt } }) =>
        state.phase === 'waiting'
          ? become(state)
          : become(
              { ...state, steps: state.steps + 1 },
              ...tell(state, 'seller', gigRevisionNews(dueAt), String(delivery)),
              whenOverdue(state),
            ),

      GigOrderOverdue: (state, { data: { delivery } }) =>
        state.phase === 'waiting'
          ? become(state)
          : become(state, ...tell(state, 'buyer', gigOverdueNews, String(delivery))),

      GigOrderCancellationProposed: (state, { data: { side } }) => {
        if (state.phase === 'waiting') return become(state)
        const other = side === 'buyer' ? 'seller' : 'buyer'
        return become(state, ...tell(state, other, gigProposalNews, String(state.steps)))
      },

      GigOrderPartyLeft: (state, { data: { side } }) =>
        become(state.phase === 'waiting' ? state : { ...state, left: [...state.left, side] }),

      GigOrderAccepted: (state, { data: { silent } }) => {
        if (state.phase === 'waiting') return become(state)
        const { orderId, captured } = state
        return become(
          { ...state, phase: 'capturing', ...(silent && { silent }) },
          captured
            ? recordCapture(state)
            : send(payment, paymentIdOf(orderId), 'CapturePayment', { orderId }),
        )
      },

      PaymentCaptured: (state) => {
        if (state.phase === 'waiting') return become(state)
        return state.phase === 'capturing'
          ? become(state, recordCapture(state))
          : become({ ...state, captured: true })
      },

      PaymentCaptureFailed: (state) =>
        state.phase === 'capturing' ? become(state, recordNoCapture(state)) : become(state),

      GigOrderCompleted: (state) => {
        if (state.phase === 'waiting') return become(state)
        const { price, silent } = state
        return end(
          state,
          ...tell(state, 'seller', gigCompletedNews(price)),
          ...(silent ? tell(state, 'buyer', gigAcceptedNews(price)) : []),
        )
      },

      GigOrderCancelled: (state, { data: { reason, by } }) => {
        if (state.phase === 'waiting') return become(state)
        const { orderId, userId, sellerId, phase } = state
        const news = gigCancelledNews(reason)
        return end(
          state,
          send(payment, paymentIdOf(orderId), 'VoidPayment', { orderId }),
          ...(by === userId ? [] : tell(state, 'buyer', news)),
          // Before the work begins, the seller was not notified of the order either.
          ...(by === sellerId || phase === 'authorising' ? [] : tell(state, 'seller', news)),
        )
      },
    },

    // Other refusals need no rule. The order's: it ended otherwise, and its events say so. AuthorisePayment: the payment
    // was voided by hand; the timer ends the order.
    refused: {
      // The payment was voided by hand, or the hold has failed since.
      CapturePayment: (state) =>
        state.phase === 'capturing' ? become(state, recordNoCapture(state)) : become(state),
    },
  })

/** Returns the reason of the cancellation of an order whose money is not held. */
const refusalFor = (reason: string): string =>
  reason === providerUnavailable ? 'payment_unavailable' : 'payment_declined'

/** Sets the timer of the next delivery. */
const whenOverdue = ({ orderId, deliveryDays, deliveries: delivery }: Run): Step =>
  after(deliveryDays * day, send(gigOrder, orderId, 'MarkGigOrderOverdue', { delivery }))

const recordCapture = ({ orderId }: Run): Step =>
  send(gigOrder, orderId, 'RecordGigOrderCapture', { paymentId: paymentIdOf(orderId) })

const recordNoCapture = ({ orderId }: Run): Step =>
  send(gigOrder, orderId, 'RecordGigOrderNotCaptured', { reason: 'payment_not_captured' })

/** Notifies a party in the app and by mail, unless it has left. @param cause what tells repeated news apart */
const tell = (
  { orderId, userId, sellerId, left }: Run,
  side: Party,
  news: News,
  ...cause: readonly string[]
): readonly Step[] =>
  left.includes(side)
    ? []
    : (['in_app', 'email'] as const).map((channel) =>
        send(
          notification,
          notificationIdOf(orderId, news.type, channel, side, ...cause),
          'RequestNotification',
          { userId: side === 'buyer' ? userId : sellerId, channel, orderId, ...news },
        ),
      )
