import { Type, type Static } from 'typebox'
import { decider, derivedId, Fields, refuse } from '#kernel'
import {
  Code,
  Money,
  OrderId,
  PaymentId,
  PaymentToken,
  Reason,
  RecordedMoney,
  RecordedReason,
  RecordedToken,
  Text,
  UserId,
} from '../shared/index.ts'

/** Which try at charging the card it is, from 1. */
const Attempt = Type.Integer({ minimum: 1 })

const charge = {
  orderId: OrderId,
  userId: UserId,
  amount: Money,
  token: PaymentToken,
}

/** As it was recorded: once, token and currency could be any. */
const recorded = { ...charge, amount: RecordedMoney, token: RecordedToken }
type Amount = Static<typeof RecordedMoney>

/** Who has the money, and what they call it. */
const receipt = { provider: Text(1, 100), providerRef: Text(1, 255) }
const Receipt = Fields(receipt)
type Receipt = Static<typeof Receipt>

type Bill = {
  readonly orderId: OrderId
  readonly userId: UserId
  readonly amount: Amount
  readonly attempt: number
}

type State =
  | { readonly status: 'none' }
  | ({ readonly status: 'initiated' | 'failed' } & Bill)
  /** `bill` is missing when it was called off before it was asked for. */
  | { readonly status: 'voided'; readonly orderId: OrderId; readonly bill?: Bill }
  | ({ readonly status: 'completed' | 'refunding' | 'refunded' } & Bill & Receipt)

/** The payment that belongs to an order. */
export const paymentIdOf = (orderId: OrderId): PaymentId => derivedId(PaymentId, orderId, 'payment')

/**
 * The money owed for one order. It can be called off at any time, even before it was asked for: what was not taken
 * is never taken then, and what was taken goes back. So whoever calls it off need not know how far it had come.
 */
export const payment = decider({
  name: 'payment',
  id: PaymentId,

  commands: {
    RequestPayment: Fields(charge, { description: 'Charge the card; again, when that failed.' }),
    CompletePayment: Fields(
      { provider: Code(100), providerRef: Code(255), attempt: Attempt },
      { description: 'Record that the money was taken.' },
    ),
    FailPayment: Fields(
      { reason: Reason, attempt: Attempt },
      { description: 'Record that the money was not taken.' },
    ),
    VoidPayment: Fields({ orderId: OrderId }, { description: 'Call the payment off.' }),
    RefundPayment: Fields({ reason: Reason }, { description: 'Give the money back.' }),
    RecordRefund: Fields(
      { refundRef: Code(255) },
      { description: 'Record that the money was given back.' },
    ),
  },

  events: {
    PaymentInitiated: Fields({ ...recorded, attempt: Attempt }),
    PaymentCompleted: Fields({ orderId: OrderId, ...receipt }),
    PaymentFailed: Fields({ orderId: OrderId, reason: RecordedReason }),
    PaymentVoided: Fields({ orderId: OrderId }),
    PaymentRefundRequested: Fields({
      orderId: OrderId,
      amount: RecordedMoney,
      ...receipt,
      reason: Type.Optional(RecordedReason),
    }),
    PaymentRefunded: Fields({ orderId: OrderId, refundRef: Text(1, 255) }),
  },

  refusals: {
    NotInitiated: 'Nothing was charged for this order.',
    AlreadyVoided: 'This payment was called off or given back; place a new order.',
    NotCompleted: 'Only money that was taken can be given back.',
    NotRefunding: 'Nothing is to be given back.',
  },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    RequestPayment: (data, state) => {
      if (state.status === 'none')
        return [{ type: 'PaymentInitiated', data: { ...data, attempt: 1 } }]
      if (state.status === 'failed')
        return [{ type: 'PaymentInitiated', data: { ...data, attempt: state.attempt + 1 } }]
      return state.status === 'initiated' || state.status === 'completed'
        ? []
        : refuse('AlreadyVoided')
    },

    CompletePayment: ({ attempt, provider, providerRef }, state) => {
      const receipt = { provider, providerRef }
      if (state.status === 'none') return refuse('NotInitiated')
      if (state.status === 'initiated')
        return state.attempt === attempt
          ? [{ type: 'PaymentCompleted', data: { orderId: state.orderId, ...receipt } }]
          : []
      // The money was taken although nobody waits for it any more.
      if (state.status === 'failed')
        return state.attempt === attempt ? [giveBack(state, receipt)] : []
      if (state.status === 'voided')
        return state.bill ? [giveBack(state.bill, receipt)] : refuse('NotInitiated')
      return []
    },

    FailPayment: ({ attempt, reason }, state) => {
      if (state.status === 'none') return refuse('NotInitiated')
      return state.status === 'initiated' && state.attempt === attempt
        ? [{ type: 'PaymentFailed', data: { orderId: state.orderId, reason } }]
        : []
    },

    VoidPayment: ({ orderId }, state) => {
      switch (state.status) {
        case 'none':
        case 'initiated':
        case 'failed':
          return [{ type: 'PaymentVoided', data: { orderId } }]
        case 'completed':
          return [giveBack(state, state)]
        case 'voided':
        case 'refunding':
        case 'refunded':
          return []
      }
    },

    RefundPayment: ({ reason }, state) => {
      if (state.status === 'completed') return [giveBack(state, state, reason)]
      return state.status === 'refunding' || state.status === 'refunded'
        ? []
        : refuse('NotCompleted')
    },

    RecordRefund: ({ refundRef }, state) => {
      if (state.status === 'refunding')
        return [{ type: 'PaymentRefunded', data: { orderId: state.orderId, refundRef } }]
      return state.status === 'refunded' ? [] : refuse('NotRefunding')
    },
  },

  evolve: {
    PaymentInitiated: (_, { orderId, userId, amount, attempt }) => ({
      status: 'initiated',
      orderId,
      userId,
      amount,
      attempt,
    }),
    PaymentCompleted: (state, { provider, providerRef }) =>
      state.status === 'initiated'
        ? { ...state, status: 'completed', provider, providerRef }
        : state,
    PaymentFailed: (state) =>
      state.status === 'initiated' ? { ...state, status: 'failed' } : state,
    PaymentVoided: (state, { orderId }) => ({
      status: 'voided',
      orderId,
      ...((state.status === 'initiated' || state.status === 'failed') && { bill: billOf(state) }),
    }),
    PaymentRefundRequested: (state, { provider, providerRef }) => {
      const bill =
        state.status === 'voided' ? state.bill : state.status === 'none' ? undefined : state
      return bill ? { ...billOf(bill), status: 'refunding', provider, providerRef } : state
    },
    PaymentRefunded: (state) =>
      state.status === 'refunding' ? { ...state, status: 'refunded' } : state,
  },
})

const billOf = ({ orderId, userId, amount, attempt }: Bill): Bill => ({
  orderId,
  userId,
  amount,
  attempt,
})

const giveBack = (
  { orderId, amount }: Bill,
  { provider, providerRef }: Receipt,
  reason?: string,
) => ({
  type: 'PaymentRefundRequested' as const,
  data: { orderId, amount, provider, providerRef, ...(reason !== undefined && { reason }) },
})
