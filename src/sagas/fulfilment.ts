import { after, become, end, only, saga, send, type Move, type Step } from '#kernel'
import { stock } from '../domains/inventory/language.ts'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { order, type OrderItem, type RecordedShipping } from '../domains/ordering/language.ts'
import { payment, paymentIdOf, providerUnavailable } from '../domains/payments/language.ts'
import { defaultDelivery, shipment, shipmentIdOf } from '../domains/shipping/language.ts'
import type { Money, OrderId, ProductId, UserId } from '../domains/shared/index.ts'
import { cancelledNews, confirmedNews, rejectedNews, summaryOf, type News } from './wording.ts'
import { orderOf } from './order-of.ts'

/** Data of the order that all phases have. */
type Facts = {
  readonly orderId: OrderId
  readonly userId: UserId
  /** `2 × Lamp, 39.98 EUR` */
  readonly summary: string
  /** How it is sent; missing in runs of earlier versions. */
  readonly shipping?: RecordedShipping
  /** The buyer has left and gets no more notifications. */
  readonly buyerLeft?: true
}

/** Reservations are requested for all products; some have been answered. */
type Reserving = Facts & {
  readonly phase: 'reserving'
  readonly total: Money
  readonly token: string
  /** Products whose reservation is not answered yet. */
  readonly asked: readonly ProductId[]
  readonly held: readonly ProductId[]
  /** The buyer paid by hand before the payment was requested. */
  readonly paid: boolean
}

/** All pieces are reserved; the payment is requested. */
type Paying = Facts & { readonly phase: 'paying'; readonly held: readonly ProductId[] }

/** The order is paid; from this phase on it is not compensated. */
type Committing = Facts & {
  readonly phase: 'committing'
  /** Products whose pieces are not committed yet. */
  readonly left: readonly ProductId[]
}

/** The order has failed: completed steps are compensated, and later answers are compensated as they arrive. */
type Closing = Facts & {
  readonly phase: 'closing'
  readonly asked: readonly ProductId[]
  /** Whether the order itself is rejected or cancelled. */
  readonly over: boolean
}

type Run = Reserving | Paying | Committing | Closing
type State = { readonly phase: 'waiting' } | Run

/**
 * Fulfils an order: reserves the pieces of all lines, requests the payment, commits the pieces, confirms the order, creates
 * its shipment and notifies the buyer. A step that fails compensates those before it.
 *
 * The order alone decides which of a concurrent payment and cancellation wins; the saga follows its events. A payment can
 * be voided in every state, so the end of the run does not wait for it.
 * @param config.orderTimeout how long an order may remain unpaid, in ms
 */
export const fulfilment = ({ orderTimeout }: { readonly orderTimeout: number }) =>
  saga({
    name: 'fulfilment',
    subject: 'Order',
    from: [order, stock, payment],
    to: [
      only(order, 'ConfirmStock', 'MarkPaid', 'ConfirmOrder', 'RejectOrder', 'CancelOrder'),
      only(stock, 'ReserveStock', 'ReleaseStock', 'CommitStock'),
      only(payment, 'RequestPayment', 'VoidPayment'),
      only(shipment, 'CreateShipment'),
      only(notification, 'RequestNotification'),
    ],
    key: orderOf(order),
    personal: ['token'],
  }).rules<State>({
    initialState: { phase: 'waiting' },

    on: {
      OrderPlaced: (state, { id: orderId, data }) => {
        const { userId, items, total, paymentToken, shipping = freeDelivery(total) } = data
        if (state.phase !== 'waiting') return become(state)
        const pieces = piecesOf(items)
        return become(
          {
            phase: 'reserving',
            orderId,
            userId,
            summary: summaryOf(items, total),
            shipping,
            total,
            token: paymentToken,
            asked: pieces.map(({ productId }) => productId),
            held: [],
            paid: false,
          },
          ...pieces.map(({ productId, quantity }) =>
            send(stock, productId, 'ReserveStock', { orderId, quantity }),
          ),
          after(orderTimeout, send(order, orderId, 'CancelOrder', { reason: 'payment_timeout' })),
        )
      },

      StockReserved: (state, { id: productId }) => {
        if (state.phase === 'reserving') return reserved(state, productId)
        if (state.phase !== 'closing') return become(state)
        return settle(answered(state, productId), ...release(state, [productId]))
      },

      PaymentCompleted: (state) => {
        if (state.phase === 'reserving') return become({ ...state, paid: true })
        return state.phase === 'paying' ? become(state, markPaid(state)) : become(state)
      },

      // A payment by hand before the request may fail; the saga then requests it again.
      PaymentFailed: (state, { data: { reason } }) =>
        state.phase === 'paying' ? giveUp(state, rejectionFor(reason)) : become(state),

      OrderPaid: (state) => {
        if (state.phase !== 'paying') return become(state)
        const { held, ...facts } = state
        return become(
          { ...facts, phase: 'committing', left: held },
          ...held.map((id) => send(stock, id, 'CommitStock', { orderId: state.orderId })),
        )
      },

      StockCommitted: (state, { id: productId }) => {
        if (state.phase !== 'committing') return become(state)
        const left = without(state.left, productId)
        return left.length > 0
          ? become({ ...state, left })
          : become({ ...state, left }, send(order, state.orderId, 'ConfirmOrder'))
      },

      OrderConfirmed: (state) =>
        state.phase === 'waiting'
          ? become(state)
          : end(state, sendOff(state), ...tell(state, confirmedNews(state.summary))),

      OrderBuyerLeft: (state) =>
        become(state.phase === 'waiting' ? state : { ...state, buyerLeft: true }),

      OrderRejected: (state, { data: { reason } }) =>
        state.phase === 'waiting'
          ? become(state)
          : finish(state, rejectedNews(state.summary, reason)),

      OrderCancelled: (state, { data: { reason } }) =>
        state.phase === 'waiting'
          ? become(state)
          : finish(state, cancelledNews(state.summary, reason)),
    },

    // Other refusals need no rule. The order's: it ended otherwise, or was paid before the timer fired; its events say so.
    // RequestPayment: the payment was voided by hand; the timer ends the order. CommitStock: it was sent twice, and the
    // pieces are committed. CreateShipment: the order was refunded since.
    refused: {
      ReserveStock: (state, { id: productId }) => {
        if (state.phase === 'reserving')
          return giveUp({ ...state, asked: without(state.asked, productId) }, 'out_of_stock')
        return state.phase === 'closing' ? settle(answered(state, productId)) : become(state)
      },
    },
  })

/** Returns the number of pieces of each product in an order; several lines may have the same product. */
const piecesOf = (items: readonly OrderItem[]) => {
  const pieces = new Map<ProductId, number>()
  for (const { refId, quantity } of items) pieces.set(refId, (pieces.get(refId) ?? 0) + quantity)
  return [...pieces].map(([productId, quantity]) => ({ productId, quantity }))
}

const reserved = (state: Reserving, productId: ProductId): Move<State> => {
  const asked = without(state.asked, productId)
  const held = [...without(state.held, productId), productId]
  if (asked.length > 0) return become({ ...state, asked, held })
  const { orderId, userId, total: amount, token } = state
  const next: Paying = { phase: 'paying', ...factsOf(state), held }
  return become(
    next,
    send(order, orderId, 'ConfirmStock'),
    state.paid
      ? markPaid(next)
      : send(payment, paymentIdOf(orderId), 'RequestPayment', { orderId, userId, amount, token }),
  )
}

/** Returns the reason of the rejection of an order whose payment failed. */
const rejectionFor = (reason: string): string =>
  reason === providerUnavailable ? 'payment_unavailable' : 'payment_declined'

const factsOf = ({ orderId, userId, summary, shipping, buyerLeft }: Facts): Facts => ({
  orderId,
  userId,
  summary,
  ...(shipping && { shipping }),
  ...(buyerLeft && { buyerLeft }),
})

/** Returns the delivery of an order whose buyer has not chosen one. */
const freeDelivery = ({ currency }: Pick<Money, 'currency'>): RecordedShipping => ({
  ...defaultDelivery,
  cost: { amount: 0, currency },
})

const sendOff = ({ orderId, userId, shipping, buyerLeft }: Facts): Step =>
  send(shipment, shipmentIdOf(orderId), 'CreateShipment', {
    orderId,
    userId,
    ...(shipping ?? freeDelivery({ currency: 'EUR' })),
    ...(buyerLeft && { buyerLeft }),
  })

const markPaid = ({ orderId }: Facts): Step =>
  send(order, orderId, 'MarkPaid', { paymentId: paymentIdOf(orderId) })

const release = ({ orderId }: Facts, products: readonly ProductId[]): readonly Step[] =>
  products.map((id) => send(stock, id, 'ReleaseStock', { orderId }))

/** Compensates all steps and rejects the order. */
const giveUp = (state: Reserving | Paying, reason: string): Move<State> => {
  const [closed, ...undo] = closing(state, false)
  return become(closed, ...undo, send(order, state.orderId, 'RejectOrder', { reason }))
}

/** Compensates the remaining steps of a rejected or cancelled order, and notifies the buyer. */
const finish = (state: Run, news: News): Move<State> => {
  if (state.phase === 'committing') return become(state)
  if (state.phase === 'closing')
    return state.over ? settle(state) : settle({ ...state, over: true }, ...tell(state, news))
  const [closed, ...undo] = closing(state, true)
  return settle(closed, ...undo, ...tell(state, news))
}

/** Releases the reservations and voids the payment, even one that was not requested: the buyer may have paid by hand. */
const closing = (state: Reserving | Paying, over: boolean): [Closing, ...Step[]] => {
  const { orderId, held } = state
  const asked = state.phase === 'reserving' ? state.asked : []
  return [
    { phase: 'closing', ...factsOf(state), asked, over },
    ...release(state, held),
    send(payment, paymentIdOf(orderId), 'VoidPayment', { orderId }),
  ]
}

const answered = (state: Closing, productId: ProductId): Closing => ({
  ...state,
  asked: without(state.asked, productId),
})

/** Ends the run once the order is over and every reservation is answered: a later one would never be released. */
const settle = (state: Closing, ...steps: readonly Step[]): Move<State> =>
  state.over && state.asked.length === 0 ? end(state, ...steps) : become(state, ...steps)

const tell = ({ orderId, userId, buyerLeft }: Facts, news: News): readonly Step[] =>
  buyerLeft
    ? []
    : (['in_app', 'email'] as const).map((channel) =>
        send(notification, notificationIdOf(orderId, news.type, channel), 'RequestNotification', {
          userId,
          channel,
          orderId,
          ...news,
        }),
      )

const without = (products: readonly ProductId[], productId: ProductId) =>
  products.filter((each) => each !== productId)
