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
  ShipmentId,
  Text,
  UserId,
} from '../shared/index.ts'
import { refundCommands, refundEvents, refundRefusals } from './refund-messages.ts'
import { decideAdopted, decideRefund, decideRefunded, decideRefundFailed } from './refund-rules.ts'
import {
  decideAccepted,
  decideDeclined,
  decideReceived,
  decideReturn,
  decideUndelivered,
} from './return-rules.ts'
import { RecordedShipping, Shipping } from './shipping.ts'
import { answerTo, ends, isFinal, type Move, type OrderStatus, type Stage } from './transitions.ts'
import { isTakenBack, type WentBack } from './went-back.ts'

const item = { kind: Type.Enum(['product']), refId: ProductId, quantity: Quantity }

/** One line of an order: product, quantity, and price of one piece when it was ordered. */
export const OrderItem = Fields({ ...item, name: Text(1, 255), price: RecordedMoney })
export type OrderItem = Static<typeof OrderItem>

const placing = {
  userId: UserId,
  items: Type.Array(Fields({ ...item, name: Name(1, 255), price: Money }), {
    minItems: 1,
    maxItems: 100,
  }),
  shippingAddress: Type.Optional(Address),
  shipping: Type.Optional(Shipping),
  paymentToken: PaymentToken,
}

/** Schemas of recorded events: older ones have any texts, currencies and countries. */
const recorded = {
  userId: UserId,
  items: Type.Array(OrderItem, { minItems: 1, maxItems: 100 }),
  shippingAddress: Type.Optional(RecordedAddress),
  shipping: Type.Optional(RecordedShipping),
  paymentToken: RecordedToken,
}

/** The shipment that an order is shipped or delivered with. */
const withShipment = { shipmentId: Type.Optional(ShipmentId) }

type Placed = WentBack & {
  readonly status: OrderStatus
  /** Stage of its fulfilment: the status, unless a part of it was refunded. */
  readonly stage: Stage
  readonly userId: UserId
  readonly items: readonly OrderItem[]
  readonly total: Static<typeof RecordedMoney>
  /** Chosen delivery, whose cost is a part of the total. */
  readonly shipping?: RecordedShipping
  /** Whether it has an address. */
  readonly addressed: boolean
  /** Its address was erased. */
  readonly unaddressed?: true
  /** Whether it has words of the buyer about a cancellation or a return. */
  readonly worded?: true | undefined
  /** Its buyer has left Agora. */
  readonly left?: true
}

type State = { readonly status: 'NEW' } | Placed

/** An order with its refunds and returns. */
export const order = decider({
  name: 'order',
  id: OrderId,

  commands: {
    PlaceOrder: Fields(
      { ...placing, agreedTotal: Type.Optional(Money) },
      { description: 'Place an order. It is refused at another total than the agreed one.' },
    ),
    ConfirmStock: Fields({}, { description: 'Record that all pieces are reserved for the order.' }),
    MarkPaid: Fields({ paymentId: PaymentId }, { description: 'Record that it is paid.' }),
    ConfirmOrder: Fields({}, { description: 'Confirm the order: stock and payment are secured.' }),
    RejectOrder: Fields(
      { reason: Reason },
      { description: 'Reject the order, as it cannot be fulfilled.' },
    ),
    CancelOrder: Fields(
      { reason: Reason, words: Type.Optional(personal(Reason)) },
      { description: 'Cancel the order, with a short name of the reason and optional words.' },
    ),
    ShipOrder: Fields(withShipment, { description: 'Record that it was shipped.' }),
    DeliverOrder: Fields(withShipment, { description: 'Record that it was delivered.' }),
    CompleteOrder: Fields({}, { description: 'Record that it is completed.' }),
    LetBuyerGo: Fields(
      {},
      {
        description:
          'Record that its buyer has left: an unpaid order is cancelled; the address of a paid one is erased once it is shipped.',
      },
    ),
    ForgetAddress: Fields(
      {},
      { description: 'Erase its address and the words of its buyer, whatever its status.' },
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
     * `by` is a user's id, or the name of the part of Agora that cancelled it. Words come with the id of the buyer.
     */
    OrderCancelled: Fields({
      reason: RecordedReason,
      words: Type.Optional(personal(RecordedReason)),
      userId: Type.Optional(UserId),
      by: Type.String(),
    }),
    /** `shipmentId` is the shipment that has to follow; left out where it came first, and in older events. */
    OrderShipped: Fields(withShipment),
    OrderDelivered: Fields(withShipment),
    OrderCompleted: Nothing,
    /** Its buyer has left before its end, and gets no more notifications about it. */
    OrderBuyerLeft: Nothing,
    /** `waited`: the buyer had left before, and the address was needed until the shipment or refund. */
    OrderAddressForgotten: Fields({ waited: Type.Optional(Type.Literal(true)) }),
    ...refundEvents,
  },

  refusals: {
    NoSuchOrder: saysNo.notFound('There is no such order.'),
    AlreadyPlaced: 'An order with this id was placed before; place this one under another id.',
    MixedCurrencies: saysNo.invalid(
      'All items of an order, and its delivery, must have prices in the same currency.',
    ),
    PriceChanged: 'A price has changed, so the order costs something else now; look at it again.',
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
  // Returns and refunds are over by then.
  closed: { when: (state) => state.status !== 'NEW' && isFinal(state.stage), afterDays: 180 },
  stateVersion: 5,

  decide: {
    PlaceOrder: ({ agreedTotal, ...basket }, state) => {
      if (state.status !== 'NEW')
        return state.userId === basket.userId && sameItems(state.items, basket.items)
          ? []
          : refuse('AlreadyPlaced')
      const currency = basket.items[0]?.price.currency ?? 'EUR'
      const delivery = basket.shipping?.cost ?? { amount: 0, currency }
      if (
        [...basket.items.map(({ price }) => price), delivery].some(
          (one) => one.currency !== currency,
        )
      )
        return refuse('MixedCurrencies')
      const amount = basket.items.reduce(
        (sum, item) => sum + item.quantity * item.price.amount,
        delivery.amount,
      )
      if (amount > maxAmount) return refuse('TotalTooLarge')
      if (agreedTotal && (agreedTotal.amount !== amount || agreedTotal.currency !== currency))
        return refuse('PriceChanged')
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
    ShipOrder: (data, state) => {
      const shipped = decideMove('ShipOrder', state, { type: 'OrderShipped', data })
      if (state.status !== 'NEW' && state.stage === 'CONFIRMED' && isTakenBack(state))
        return refuse('BeingRefunded')
      if (isRefusal(shipped) || state.status === 'NEW' || !state.left || !state.addressed)
        return shipped
      return shipped.length === 0 ? [] : [...shipped, forgotten({ waited: true })]
    },
    DeliverOrder: (data, state) =>
      decideMove('DeliverOrder', state, { type: 'OrderDelivered', data }),
    CompleteOrder: (_, state) =>
      decideMove('CompleteOrder', state, { type: 'OrderCompleted', data: {} }),
    LetBuyerGo: (_, state, { by }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      const answer = answerTo.CancelOrder[state.stage]
      const awaited = state.stage === 'PAID' || state.stage === 'CONFIRMED'
      return [
        ...(state.left || silentStages.has(state.stage)
          ? []
          : [{ type: 'OrderBuyerLeft', data: {} } as const]),
        ...(answer === 'go'
          ? [{ type: 'OrderCancelled', data: { reason: 'buyer_left', by } } as const]
          : []),
        ...(hasPersonalData(state) && !awaited ? [forgotten()] : []),
      ]
    },
    ForgetAddress: (_, state) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      return hasPersonalData(state) ? [forgotten()] : []
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
    TakeBackParcel: ({ returnId }, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideUndelivered(state, returnId),
    ReceiveReturn: ({ returnId, restock }, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideReceived(state, returnId, restock),
  },

  evolve: {
    OrderPlaced: (_, { userId, items, total, shippingAddress, shipping }) => ({
      status: 'PENDING',
      stage: 'PENDING',
      userId,
      items,
      total,
      ...(shipping && { shipping }),
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

/** Returns whether an order has personal data of its buyer that can be erased. */
const hasPersonalData = ({ addressed, worded }: Placed): boolean => addressed || worded === true

const forgotten = (data: { readonly waited?: true } = {}) =>
  ({ type: 'OrderAddressForgotten', data }) as const

const moved = (state: State, move: Move): State =>
  state.status === 'NEW' ? state : { ...state, status: ends[move], stage: ends[move] }

/** Stages after which no notifications follow. */
const silentStages: ReadonlySet<Stage> = new Set(['CANCELLED', 'REJECTED', 'REFUNDED'])

/** Erases the address with a full refund, if the buyer has left: the order is not shipped any more. */
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

/** Compares without prices, which may change between two attempts to place the same order; the first ones apply. */
const sameItems = (some: readonly OrderItem[], others: readonly OrderItem[]) =>
  some.length === others.length &&
  some.every(
    ({ refId, quantity }, line) =>
      refId === others[line]?.refId && quantity === others[line]?.quantity,
  )
