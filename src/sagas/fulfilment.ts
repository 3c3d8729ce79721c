import { after, become, categoryOf, end, only, saga, send, type Move, type Step } from '#kernel'
import { stock } from '../domains/inventory/language.ts'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { order, type OrderItem } from '../domains/ordering/language.ts'
import { payment, paymentIdOf, providerUnavailable } from '../domains/payments/language.ts'
import type { Money, OrderId, ProductId, UserId } from '../domains/shared/index.ts'
import { cancelledNews, confirmedNews, rejectedNews, summaryOf, type News } from './wording.ts'

/** What is known of the order all the way. */
type Facts = {
  readonly orderId: OrderId
  readonly userId: UserId
  /** `2 × Lamp, 39.98 EUR` */
  readonly summary: string
  /** The buyer has left, and is told nothing any more. */
  readonly buyerLeft?: true
}

/** Every product is asked for its pieces; some have answered. */
type Reserving = Facts & {
  readonly phase: 'reserving'
  readonly total: Money
  readonly token: string
  /** Those that have not answered. */
  readonly asked: readonly ProductId[]
  readonly held: readonly ProductId[]
  /** The buyer paid by hand, sooner than was asked. */
  readonly paid: boolean
}

/** All pieces are held, the money is on its way. */
type Paying = Facts & { readonly phase: 'paying'; readonly held: readonly ProductId[] }

/** It is paid: there is no way back. */
type Committing = Facts & {
  readonly phase: 'committing'
  /** Those whose pieces are not taken out yet. */
  readonly left: readonly ProductId[]
}

/** It comes to nothing: everything that was done is undone, and what is still under way is undone as it arrives. */
type Closing = Facts & {
  readonly phase: 'closing'
  readonly asked: readonly ProductId[]
  /** Whether the order itself is rejected or called off by now. */
  readonly over: boolean
}

type Run = Reserving | Paying | Committing | Closing
type State = { readonly phase: 'waiting' } | Run

/**
 * From an order to a promise that is kept: hold the pieces of every line, take the money, take the pieces out, confirm,
 * tell the buyer. Each step that fails undoes those before it.
 *
 * Who wins when an order is paid and called off at the same time is decided by the order alone; the saga follows its
 * events. The payment can be called off whatever has become of it, so nothing here waits for it in the end.
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
      only(notification, 'RequestNotification'),
    ],
    key: (event) =>
      categoryOf(event.stream) === order.name
        ? event.id
        : 'orderId' in event.data
          ? event.data.orderId
          : undefined,
    personal: ['token'],
  }).rules<State>({
    initialState: { phase: 'waiting' },

    on: {
      OrderPlaced: (state, { id: orderId, data: { userId, items, total, paymentToken } }) => {
        if (state.phase !== 'waiting') return become(state)
        const pieces = piecesOf(items)
        return become(
          {
            phase: 'reserving',
            orderId,
            userId,
            summary: summaryOf(items, total),
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

      // A payment that the buyer tried by hand, sooner than was asked, may fail: it is asked for again.
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
          : end(state, ...tell(state, confirmedNews(state.summary))),

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

    // Other refusals change nothing. Of the order's: it ended otherwise, or was paid before the timer fired; its events
    // tell. RequestPayment: the payment was called off by hand; the timer ends the order. CommitStock: it was sent
    // twice, and the pieces are out.
    refused: {
      ReserveStock: (state, { id: productId }) => {
        if (state.phase === 'reserving')
          return giveUp({ ...state, asked: without(state.asked, productId) }, 'out_of_stock')
        return state.phase === 'closing' ? settle(answered(state, productId)) : become(state)
      },
    },
  })

/** How many pieces of each product an order needs; several lines may be of the same one. */
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

/** Why an order is rejected whose payment failed. */
const rejectionFor = (reason: string): string =>
  reason === providerUnavailable ? 'payment_unavailable' : 'payment_declined'

const factsOf = ({ orderId, userId, summary, buyerLeft }: Facts): Facts => ({
  orderId,
  userId,
  summary,
  ...(buyerLeft && { buyerLeft }),
})

const markPaid = ({ orderId }: Facts): Step =>
  send(order, orderId, 'MarkPaid', { paymentId: paymentIdOf(orderId) })

const release = ({ orderId }: Facts, products: readonly ProductId[]): readonly Step[] =>
  products.map((id) => send(stock, id, 'ReleaseStock', { orderId }))

/** The order cannot be fulfilled: undo everything, and say so to the order. */
const giveUp = (state: Reserving | Paying, reason: string): Move<State> => {
  const [closed, ...undo] = closing(state, false)
  return become(closed, ...undo, send(order, state.orderId, 'RejectOrder', { reason }))
}

/** The order has come to nothing: undo what is not undone yet, and tell the buyer. */
const finish = (state: Run, news: News): Move<State> => {
  if (state.phase === 'committing') return become(state)
  if (state.phase === 'closing')
    return state.over ? settle(state) : settle({ ...state, over: true }, ...tell(state, news))
  const [closed, ...undo] = closing(state, true)
  return settle(closed, ...undo, ...tell(state, news))
}

/** Gives back what is held, and calls the payment off, also when it was not asked for: the buyer may have paid by hand. */
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

/** Ends once the order is over and every product has answered: a piece that is held later would be held for ever. */
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
