import { Type, type Static } from 'typebox'
import { decider, Fields, isRefusal, Nothing, personal, refuse, saysNo } from '#kernel'
import {
  Address,
  maxAmount,
  Money,
  Name,
  OrderId,
  PaymentId,
  PaymentToken,
  ProductId,
  Quantity,
  Reason,
  RecordedAddress,
  RecordedMoney,
  RecordedReason,
  RecordedToken,
  Text,
  UserId,
} from '../shared/index.ts'
import { refundCommands, refundEvents, refundRefusals } from './refund-messages.ts'
import { decideAdopted, decideRefund, decideRefunded, decideRefundFailed } from './refund-rules.ts'
import { decideAccepted, decideDeclined, decideReceived, decideReturn } from './return-rules.ts'
import { answerTo, ends, type Move, type OrderStatus, type Stage } from './transitions.ts'
import { isTakenBack, type WentBack } from './went-back.ts'

const item = { kind: Type.Enum(['product']), refId: ProductId, quantity: Quantity }

/** One line of an order: what, how many, and what one piece cost at the time. */
export const OrderItem = Fields({ ...item, name: Text(1, 255), price: RecordedMoney })
export type OrderItem = Static<typeof OrderItem>

const placing = {
  userId: UserId,
  items: Type.Array(Fields({ ...item, name: Name(1, 255), price: Money }), {
    minItems: 1,
    maxItems: 100,
  }),
  shippingAddress: Type.Optional(Address),
  paymentToken: PaymentToken,
}

/** As it was recorded: once, its texts, currencies and countries could be any. */
const recorded = {
  userId: UserId,
  items: Type.Array(OrderItem, { minItems: 1, maxItems: 100 }),
  shippingAddress: Type.Optional(RecordedAddress),
  paymentToken: RecordedToken,
}

type Placed = WentBack & {
  readonly status: OrderStatus
  /** How far it has come: its status, unless a part of it was refunded. */
  readonly stage: Stage
  readonly userId: UserId
  readonly items: readonly OrderItem[]
  readonly total: Static<typeof RecordedMoney>
  /** Whether it is known where it goes. */
  readonly addressed: boolean
  /** It was known once where it goes. */
  readonly unaddressed?: true
  /** Whether it is known what was said when it was called off, or goods were to go back. */
  readonly worded?: true | undefined
  /** Its buyer has left. */
  readonly left?: true
}

type State = { readonly status: 'NEW' } | Placed

/** One buyer's order, from the checkout to the doorstep. */
export const order = decider({
  name: 'order',
  id: OrderId,

  commands: {
    PlaceOrder: Fields(placing, { description: 'Turn a basket into an order.' }),
    ConfirmStock: Fields({}, { description: 'Record that all pieces are held for the order.' }),
    MarkPaid: Fields({ paymentId: PaymentId }, { description: 'Record that it is paid.' }),
    ConfirmOrder: Fields({}, { description: 'Record that stock and money are secured.' }),
    RejectOrder: Fields({ reason: Reason }, { description: 'Say that it cannot be fulfilled.' }),
    CancelOrder: Fields(
      { reason: Reason, words: Type.Optional(personal(Reason)) },
      { description: 'Call the order off: why, by a short name, and in words if there are any.' },
    ),
    ShipOrder: Fields({}, { description: 'Record that it is on its way.' }),
    DeliverOrder: Fields({}, { description: 'Record that it has arrived.' }),
    CompleteOrder: Fields({}, { description: 'Record that everybody is content.' }),
    LetBuyerGo: Fields(
      {},
      {
        description:
          'Its buyer leaves: call it off, if it is not paid; if it is, forget where it goes once it is on its way.',
      },
    ),
    ForgetAddress: Fields(
      {},
      { description: 'Forget where it goes, and what was said of it, wherever it stands.' },
    ),
    ...refundCommands,
  },

  events: {
    OrderPlaced: Fields({ ...recorded, total: RecordedMoney }),
    OrderStockConfirmed: Nothing,
    OrderPaid: Fields({ paymentId: PaymentId }),
    OrderConfirmed: Nothing,
    OrderRejected: Fields({ reason: RecordedReason }),
    /**
     * `by` is a user's id, or the name of the part of Agora that called it off. With words goes whose order it is.
     */
    OrderCancelled: Fields({
      reason: RecordedReason,
      words: Type.Optional(personal(RecordedReason)),
      userId: Type.Optional(UserId),
      by: Type.String(),
    }),
    OrderShipped: Nothing,
    OrderDelivered: Nothing,
    OrderCompleted: Nothing,
    /** Its buyer has left before it came to its end: they are told nothing of it any more. */
    OrderBuyerLeft: Nothing,
    /** `waited`: its buyer had left before, and it was kept for as long as it was not on its way. */
    OrderAddressForgotten: Fields({ waited: Type.Optional(Type.Literal(true)) }),
    ...refundEvents,
  },

  refusals: {
    NoSuchOrder: saysNo.notFound('There is no such order.'),
    AlreadyPlaced: 'An order with this id was placed before; place this one under another id.',
    MixedCurrencies: saysNo.invalid('All items of an order must have prices in the same currency.'),
    TotalTooLarge: saysNo.invalid('The order costs more than can be charged at once; split it.'),
    AlreadyCancelled: 'This order was called off; place a new one.',
    AlreadyRejected: 'This order was rejected; place a new one.',
    AlreadyPaid: 'This order is paid and being confirmed; wait a moment, then ask for a return.',
    AlreadyConfirmed: 'A confirmed order cannot be called off; ask for a return instead.',
    NotPaid: 'This order is not paid yet.',
    NotConfirmed: 'This order is not confirmed yet.',
    NotShipped: 'This order is not on its way yet.',
    NotDelivered: 'This order has not arrived yet.',
    ...refundRefusals,
  },
}).rules<State>({
  initialState: { status: 'NEW' },
  stateVersion: 4,

  decide: {
    PlaceOrder: (basket, state) => {
      if (state.status !== 'NEW')
        return state.userId === basket.userId && sameItems(state.items, basket.items)
          ? []
          : refuse('AlreadyPlaced')
      const currency = basket.items[0]?.price.currency ?? 'EUR'
      if (basket.items.some(({ price }) => price.currency !== currency))
        return refuse('MixedCurrencies')
      const amount = basket.items.reduce((sum, item) => sum + item.quantity * item.price.amount, 0)
      if (amount > maxAmount) return refuse('TotalTooLarge')
      return [{ type: 'OrderPlaced', data: { ...basket, total: { amount, currency } } }]
    },
    ConfirmStock: (_, state) =>
      decideMove('ConfirmStock', state, { type: 'OrderStockConfirmed', data: {} }),
    MarkPaid: (data, state) => decideMove('MarkPaid', state, { type: 'OrderPaid', data }),
    ConfirmOrder: (_, state) =>
      decideMove('ConfirmOrder', state, { type: 'OrderConfirmed', data: {} }),
    RejectOrder: (data, state) => decideMove('RejectOrder', state, { type: 'OrderRejected', data }),
    CancelOrder: ({ reason, words }, state, { by }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      const said = words === undefined ? {} : { words, userId: state.userId }
      return decideMove('CancelOrder', state, {
        type: 'OrderCancelled',
        data: { reason, ...said, by },
      })
    },
    ShipOrder: (_, state) => {
      const shipped = decideMove('ShipOrder', state, { type: 'OrderShipped', data: {} })
      if (state.status !== 'NEW' && state.stage === 'CONFIRMED' && isTakenBack(state))
        return refuse('BeingRefunded')
      if (isRefusal(shipped) || state.status === 'NEW' || !state.left || !state.addressed)
        return shipped
      return shipped.length === 0 ? [] : [...shipped, forgotten({ waited: true })]
    },
    DeliverOrder: (_, state) =>
      decideMove('DeliverOrder', state, { type: 'OrderDelivered', data: {} }),
    CompleteOrder: (_, state) =>
      decideMove('CompleteOrder', state, { type: 'OrderCompleted', data: {} }),
    LetBuyerGo: (_, state, { by }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      const answer = answerTo.CancelOrder[state.stage]
      const awaited = state.stage === 'PAID' || state.stage === 'CONFIRMED'
      return [
        ...(state.left || cameToNothing.has(state.stage)
          ? []
          : [{ type: 'OrderBuyerLeft', data: {} } as const]),
        ...(answer === 'go'
          ? [{ type: 'OrderCancelled', data: { reason: 'buyer_left', by } } as const]
          : []),
        ...(knows(state) && !awaited ? [forgotten()] : []),
      ]
    },
    ForgetAddress: (_, state) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      return knows(state) ? [forgotten()] : []
    },

    RequestRefund: (data, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideRefund(state, data),
    MarkRefunded: ({ refundId }, state) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      return forgetting(state, decideRefunded(state, refundId))
    },
    MarkRefundFailed: ({ refundId, reason }, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideRefundFailed(state, refundId, reason),
    AdoptRefund: ({ refundId }, state) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      return forgetting(state, decideAdopted(state, refundId))
    },
    RequestReturn: (data, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideReturn(state, data),
    AcceptReturn: ({ returnId }, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideAccepted(state, returnId),
    DeclineReturn: ({ returnId, reason }, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideDeclined(state, returnId, reason),
    ReceiveReturn: ({ returnId, restock }, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideReceived(state, returnId, restock),
  },

  evolve: {
    OrderPlaced: (_, { userId, items, total, shippingAddress }) => ({
      status: 'PENDING',
      stage: 'PENDING',
      userId,
      items,
      total,
      addressed: shippingAddress !== undefined,
      refunds: {},
      returns: {},
    }),
    OrderStockConfirmed: (state) => moved(state, 'ConfirmStock'),
    OrderPaid: (state) => moved(state, 'MarkPaid'),
    OrderConfirmed: (state) => moved(state, 'ConfirmOrder'),
    OrderRejected: (state) => moved(state, 'RejectOrder'),
    OrderCancelled: (state, { words }) => {
      const cancelled = moved(state, 'CancelOrder')
      return cancelled.status === 'NEW' || words === undefined
        ? cancelled
        : { ...cancelled, worded: true }
    },
    OrderShipped: (state) => moved(state, 'ShipOrder'),
    OrderDelivered: (state) => moved(state, 'DeliverOrder'),
    OrderCompleted: (state) => moved(state, 'CompleteOrder'),
    OrderBuyerLeft: (state) => (state.status === 'NEW' ? state : { ...state, left: true }),
    OrderAddressForgotten: (state) =>
      state.status === 'NEW'
        ? state
        : {
            ...state,
            addressed: false,
            worded: undefined,
            ...(state.addressed && { unaddressed: true }),
          },

    OrderRefundRequested: (state, { refundId, amount: { amount }, ...refund }) =>
      withRefund(state, refundId, { ...refund, amount, status: 'pending' }),
    OrderRefunded: (state, { refundId, status, lines, amount: { amount }, restock }) => {
      if (state.status === 'NEW') return state
      const { reason = 'refunded', ...asked } = state.refunds[refundId] ?? {}
      const refund = { ...asked, reason, lines, amount, restock, status: 'done' as const }
      return standing(withRefund(state, refundId, refund), status)
    },
    OrderRefundFailed: (state, { refundId }) => {
      const refund = state.status === 'NEW' ? undefined : state.refunds[refundId]
      return refund ? withRefund(state, refundId, { ...refund, status: 'failed' }) : state
    },
    OrderReturnRequested: (state, { returnId, lines, words }) => {
      const asked = withReturn(state, returnId, { lines, restock: [], status: 'requested' })
      return asked.status === 'NEW' || words === undefined ? asked : { ...asked, worded: true }
    },
    OrderReturnAccepted: (state, { returnId, lines }) =>
      withReturn(state, returnId, { lines, restock: [], status: 'accepted' }),
    OrderReturnDeclined: (state, { returnId, lines }) =>
      withReturn(state, returnId, { lines, restock: [], status: 'declined' }),
    OrderReturnReceived: (state, { returnId, lines, restock, status }) =>
      standing(withReturn(state, returnId, { lines, restock, status: 'received' }), status),
  },
})

const decideMove = <const Event>(move: Move, state: State, event: Event) => {
  if (state.status === 'NEW') return refuse('NoSuchOrder')
  const answer = answerTo[move][state.stage]
  if (answer === 'go') return [event]
  return answer === 'done' ? [] : refuse(answer)
}

/** Whether an order says something of its buyer that can be forgotten. */
const knows = ({ addressed, worded }: Placed): boolean => addressed || worded === true

const forgotten = (data: { readonly waited?: true } = {}) =>
  ({ type: 'OrderAddressForgotten', data }) as const

const moved = (state: State, move: Move): State =>
  state.status === 'NEW' ? state : { ...state, status: ends[move], stage: ends[move] }

/** Nothing more will be told of orders that ended like this. */
const cameToNothing: ReadonlySet<Stage> = new Set(['CANCELLED', 'REJECTED', 'REFUNDED'])

/** What is refunded whole is not shipped: where it would have gone to need not be known any more, once its buyer has left. */
const forgetting = <const Event extends { readonly data: { readonly status: OrderStatus } }, R>(
  { left, addressed }: Placed,
  decision: readonly Event[] | R,
) => {
  if (!Array.isArray(decision)) return decision
  const isOver = decision.some(({ data }) => data.status === 'REFUNDED')
  return isOver && left && addressed ? [...decision, forgotten({ waited: true })] : decision
}

const standing = (state: State, status: OrderStatus): State => {
  if (state.status === 'NEW') return state
  return { ...state, status, stage: status === 'PARTLY_REFUNDED' ? state.stage : status }
}

const withRefund = (state: State, id: string, refund: Placed['refunds'][string]): State =>
  state.status === 'NEW' ? state : { ...state, refunds: { ...state.refunds, [id]: refund } }

const withReturn = (state: State, id: string, one: Placed['returns'][string]): State =>
  state.status === 'NEW' ? state : { ...state, returns: { ...state.returns, [id]: one } }

/** Prices may have changed between two attempts to place the same order; the first ones stand. */
const sameItems = (some: readonly OrderItem[], others: readonly OrderItem[]) =>
  some.length === others.length &&
  some.every(
    ({ refId, quantity }, line) =>
      refId === others[line]?.refId && quantity === others[line]?.quantity,
  )
