import { Type } from 'typebox'
import { decider, derivedId, Fields, refuse, saysNo } from '#kernel'
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
  RefundId,
  Text,
  UserId,
} from '../shared/index.ts'
import {
  authorisationCommands,
  authorisationEvents,
  authorisationRefusals,
} from './authorisation-messages.ts'
import {
  decideAuthorise,
  decideAuthorised,
  decideCapture,
  decideNotAuthorised,
  decideNotCaptured,
  decideReleased,
  evolveAuthorisation,
  voidHeld,
} from './payment-authorisation.ts'
import {
  becoming,
  giveBack,
  leftOf,
  refundIn,
  whichOf,
  withRefund,
  withReturn,
} from './payment-refunds.ts'
import {
  Attempt,
  awaitsOutcome,
  billOf,
  isTaken,
  receipt,
  type Bill,
  type Receipt,
  type State,
} from './payment-state.ts'

const charge = {
  orderId: OrderId,
  userId: UserId,
  amount: Money,
  token: PaymentToken,
}

/** Schemas of recorded events: older ones have any token and currency. */
const recorded = { ...charge, amount: RecordedMoney, token: RecordedToken }

/** Missing for the refund of the whole payment after it was voided or had failed. */
const WhichRefund = Type.Optional(RefundId)

/** Receipt of a payment of 0, which needs no provider. */
const nothingToPay: Receipt = { provider: 'none', providerRef: 'nothing_to_pay' }

/** Returns the id of an order's payment. */
export const paymentIdOf = (orderId: OrderId): PaymentId => derivedId(PaymentId, orderId, 'payment')

/**
 * Payment of one order: charged at once, or authorised, so that the amount is held until it is captured or the payment is
 * voided. It can be voided in every state, even before it was requested: it is not charged then, a held amount is
 * released, and a charge is refunded. So the sender of VoidPayment need not know the state.
 */
export const payment = decider({
  name: 'payment',
  id: PaymentId,

  commands: {
    RequestPayment: Fields(charge, {
      description: 'Request the charge of the card; again after a failure.',
    }),
    CompletePayment: Fields(
      { provider: Code(100), providerRef: Code(255), attempt: Attempt },
      { description: 'Record that the card was charged.' },
    ),
    FailPayment: Fields(
      { reason: Reason, attempt: Attempt },
      { description: 'Record that the card was not charged.' },
    ),
    VoidPayment: Fields({ orderId: OrderId }, { description: 'Void the payment.' }),
    RefundPayment: Fields(
      { orderId: OrderId, refundId: RefundId, amount: RecordedMoney, reason: Reason },
      { description: 'Refund the payment, in full or in part.' },
    ),
    ReportOutcome: Fields(
      { provider: Code(100) },
      {
        description: 'Record that its provider has reported an outcome, which has to be asked for.',
      },
    ),
    RecordRefund: Fields(
      { refundId: WhichRefund, refundRef: Code(255) },
      { description: 'Record that the provider made the refund.' },
    ),
    FailRefund: Fields(
      { refundId: WhichRefund, reason: Reason },
      { description: 'Record that the provider refused the refund.' },
    ),
    ...authorisationCommands,
  },

  events: {
    PaymentInitiated: Fields({ ...recorded, attempt: Attempt }),
    PaymentCompleted: Fields({ orderId: OrderId, ...receipt }),
    PaymentFailed: Fields({ orderId: OrderId, reason: RecordedReason }),
    PaymentVoided: Fields({ orderId: OrderId }),
    /** The provider has an outcome of what the payment waits for. */
    PaymentOutcomeReported: Fields({ orderId: OrderId, provider: Text(1, 100) }),
    PaymentRefundRequested: Fields({
      orderId: OrderId,
      refundId: WhichRefund,
      amount: RecordedMoney,
      ...receipt,
      reason: Type.Optional(RecordedReason),
    }),
    /** A missing `amount` stands for the whole payment. */
    PaymentRefunded: Fields({
      orderId: OrderId,
      refundId: WhichRefund,
      amount: Type.Optional(RecordedMoney),
      refundRef: Text(1, 255),
    }),
    PaymentRefundFailed: Fields({
      orderId: OrderId,
      refundId: WhichRefund,
      amount: RecordedMoney,
      reason: Reason,
    }),
    ...authorisationEvents,
  },

  refusals: {
    NotInitiated: 'Nothing was charged for this order.',
    AlreadyVoided: 'This payment was called off or given back; place a new order.',
    NotCompleted: 'Only money that was taken can be given back.',
    NotRefunding: 'Nothing is to be given back.',
    MoreThanPaid: 'Less than that is left of what was paid; give back no more than that.',
    OtherCurrency: saysNo.invalid('It was paid in another currency; give it back in that one.'),
    ...authorisationRefusals,
  },
}).rules<State>({
  initialState: { status: 'none' },
  stateVersion: 3,

  decide: {
    RequestPayment: (data, state) => {
      if (state.status === 'none') return initiate({ ...data, attempt: 1 })
      if (state.status === 'failed') return initiate({ ...data, attempt: state.attempt + 1 })
      return state.status === 'voided' ||
        state.status === 'refunding' ||
        state.status === 'refunded'
        ? refuse('AlreadyVoided')
        : []
    },

    CompletePayment: ({ attempt, provider, providerRef }, state) => {
      const receipt = { provider, providerRef }
      if (state.status === 'none') return refuse('NotInitiated')
      if (state.status === 'initiated')
        return state.attempt === attempt
          ? [{ type: 'PaymentCompleted', data: { orderId: state.orderId, ...receipt } }]
          : []
      if (state.status === 'authorised' || state.status === 'capturing')
        return state.attempt === attempt
          ? [{ type: 'PaymentCaptured', data: { orderId: state.orderId, ...receipt } }]
          : []
      // The card was charged although the payment has failed or is void: the charge is refunded.
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
          return [{ type: 'PaymentVoided', data: { orderId } }]
        case 'failed':
          // Earlier versions requested no release as a capture failed.
          return state.uncaptured && !state.release
            ? voidHeld(state)
            : [{ type: 'PaymentVoided', data: { orderId } }]
        case 'authorising':
        case 'authorised':
        case 'capturing':
          return voidHeld(state)
        case 'completed':
          return withReturn(giveBack(state, state, { amount: leftOf(state) }))
        case 'voided':
        case 'refunding':
        case 'refunded':
          return []
      }
    },

    RefundPayment: ({ refundId, amount, reason }, state) => {
      if (!isTaken(state)) return refuse('NotCompleted')
      if (refundId in state.refunds) return []
      if (amount.currency !== state.amount.currency) return refuse('OtherCurrency')
      if (amount.amount > leftOf(state)) return refuse('MoreThanPaid')
      return withReturn(giveBack(state, state, { refundId, amount: amount.amount, reason }))
    },

    ReportOutcome: ({ provider }, state) => {
      if (state.status === 'none') return refuse('NotInitiated')
      const { orderId } = state
      return awaitsOutcome(state)
        ? [{ type: 'PaymentOutcomeReported', data: { orderId, provider } }]
        : []
    },

    RecordRefund: ({ refundId, refundRef }, state) => {
      const refund = refundIn(state, refundId)
      if (!isTaken(state) || !refund || refund.status === 'failed') return refuse('NotRefunding')
      if (refund.status === 'done') return []
      const data = { ...whichOf(state, refundId, refund.amount), refundRef }
      return [{ type: 'PaymentRefunded', data }]
    },

    FailRefund: ({ refundId, reason }, state) => {
      const refund = refundIn(state, refundId)
      if (!isTaken(state) || !refund) return refuse('NotRefunding')
      if (refund.status !== 'pending') return []
      const data = { ...whichOf(state, refundId, refund.amount), reason }
      return [{ type: 'PaymentRefundFailed', data }]
    },

    AuthorisePayment: decideAuthorise,
    RecordAuthorisation: decideAuthorised,
    FailAuthorisation: decideNotAuthorised,
    CapturePayment: (_, state) => decideCapture(state),
    FailCapture: decideNotCaptured,
    RecordRelease: decideReleased,
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
        ? { ...state, status: 'completed', provider, providerRef, refunds: {} }
        : state,
    PaymentFailed: (state) =>
      state.status === 'initiated' ? { ...state, status: 'failed' } : state,
    PaymentVoided: (state, { orderId }) => ({
      status: 'voided',
      orderId,
      ...('attempt' in state && { bill: billOf(state) }),
      ...('release' in state && { release: state.release }),
    }),
    PaymentRefundRequested: (state, { refundId, amount: { amount }, provider, providerRef }) => {
      const bill =
        state.status === 'voided' ? state.bill : state.status === 'none' ? undefined : state
      if (!bill) return state
      const refunds = isTaken(state) ? state.refunds : {}
      const taken = { ...billOf(bill), provider, providerRef, refunds }
      return withRefund(taken, refundId, { amount, status: 'pending' })
    },
    PaymentOutcomeReported: (state) => state,
    PaymentRefunded: (state, { refundId }) => becoming(state, refundId, 'done'),
    PaymentRefundFailed: (state, { refundId }) => becoming(state, refundId, 'failed'),
    ...evolveAuthorisation,
  },
})

/** Returns the events of a requested payment; one of 0 is completed at once. */
const initiate = <Data extends Bill>(data: Data) => {
  const initiated = { type: 'PaymentInitiated' as const, data }
  if (data.amount.amount > 0) return [initiated]
  const { orderId } = data
  return [initiated, { type: 'PaymentCompleted' as const, data: { orderId, ...nothingToPay } }]
}
