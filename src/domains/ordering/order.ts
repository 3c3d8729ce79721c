import { Type, type Static } from 'typebox'
import { decider, Fields, isRefusal, Nothing, personal, refuse } from '#kernel'
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
import { answerTo, ends, type Move, type OrderStatus } from './transitions.ts'

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

type Placed = {
  readonly status: OrderStatus
  readonly userId: UserId
  readonly items: readonly OrderItem[]
  readonly total: Static<typeof RecordedMoney>
  /** Whether it is known where it goes. */
  readonly addressed: boolean
  /** It was known once where it goes. */
  readonly unaddressed?: true
  /** Whether it is known what was said when it was called off. */
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
  },

  refusals: {
    NoSuchOrder: 'There is no such order.',
    AlreadyPlaced: 'An order with this id was placed before; place this one under another id.',
    MixedCurrencies: 'All items of an order must have prices in the same currency.',
    TotalTooLarge: 'The order costs more than can be charged at once; split it.',
    AlreadyCancelled: 'This order was called off; place a new one.',
    AlreadyRejected: 'This order was rejected; place a new one.',
    AlreadyPaid: 'This order is paid and being confirmed; wait a moment, then ask for a return.',
    AlreadyConfirmed: 'A confirmed order cannot be called off; ask for a return instead.',
    NotPaid: 'This order is not paid yet.',
    NotConfirmed: 'This order is not confirmed yet.',
    NotShipped: 'This order is not on its way yet.',
    NotDelivered: 'This order has not arrived yet.',
  },
}).rules<State>({
  initialState: { status: 'NEW' },
  stateVersion: 3,

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
    ConfirmStock: (_, { status }) =>
      decideMove('ConfirmStock', status, { type: 'OrderStockConfirmed', data: {} }),
    MarkPaid: (data, { status }) => decideMove('MarkPaid', status, { type: 'OrderPaid', data }),
    ConfirmOrder: (_, { status }) =>
      decideMove('ConfirmOrder', status, { type: 'OrderConfirmed', data: {} }),
    RejectOrder: (data, { status }) =>
      decideMove('RejectOrder', status, { type: 'OrderRejected', data }),
    CancelOrder: ({ reason, words }, state, { by }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      const said = words === undefined ? {} : { words, userId: state.userId }
      return decideMove('CancelOrder', state.status, {
        type: 'OrderCancelled',
        data: { reason, ...said, by },
      })
    },
    ShipOrder: (_, state) => {
      const shipped = decideMove('ShipOrder', state.status, { type: 'OrderShipped', data: {} })
      if (isRefusal(shipped) || state.status === 'NEW' || !state.left || !state.addressed)
        return shipped
      return shipped.length === 0 ? [] : [...shipped, forgotten({ waited: true })]
    },
    DeliverOrder: (_, { status }) =>
      decideMove('DeliverOrder', status, { type: 'OrderDelivered', data: {} }),
    CompleteOrder: (_, { status }) =>
      decideMove('CompleteOrder', status, { type: 'OrderCompleted', data: {} }),
    LetBuyerGo: (_, state, { by }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      const answer = answerTo.CancelOrder[state.status]
      const awaited = state.status === 'PAID' || state.status === 'CONFIRMED'
      return [
        ...(state.left || (answer !== 'go' && !awaited)
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
  },

  evolve: {
    OrderPlaced: (_, { userId, items, total, shippingAddress }) => ({
      status: 'PENDING',
      userId,
      items,
      total,
      addressed: shippingAddress !== undefined,
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
  },
})

const decideMove = <const Event>(move: Move, status: OrderStatus | 'NEW', event: Event) => {
  if (status === 'NEW') return refuse('NoSuchOrder')
  const answer = answerTo[move][status]
  if (answer === 'go') return [event]
  return answer === 'done' ? [] : refuse(answer)
}

/** Whether an order says something of its buyer that can be forgotten. */
const knows = ({ addressed, worded }: Placed): boolean => addressed || worded === true

const forgotten = (data: { readonly waited?: true } = {}) =>
  ({ type: 'OrderAddressForgotten', data }) as const

const moved = (state: State, move: Move): State =>
  state.status === 'NEW' ? state : { ...state, status: ends[move] }

/** Prices may have changed between two attempts to place the same order; the first ones stand. */
const sameItems = (some: readonly OrderItem[], others: readonly OrderItem[]) =>
  some.length === others.length &&
  some.every(
    ({ refId, quantity }, line) =>
      refId === others[line]?.refId && quantity === others[line]?.quantity,
  )
