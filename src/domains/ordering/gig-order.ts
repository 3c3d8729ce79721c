import { decider, refuse, timeAfter } from '#kernel'
import { OrderId } from '../shared/index.ts'
import {
  cancelled,
  decideCancel,
  decideGigRefund,
  decideGigRefunded,
  decideGigRefundFailed,
  decideLeaving,
  isOver,
} from './gig-order-endings.ts'
import { gigOrderCommands, gigOrderEvents, gigOrderRefusals } from './gig-order-messages.ts'
import {
  forgottenWords as forgotten,
  revisionsLeft,
  saleOf,
  type GigOrderState as State,
  type PlacedGigOrder,
} from './gig-order-state.ts'

const day = 24 * 60 * 60_000

/**
 * An order of a package of a gig, beside `order` (which is one of products): the money is held until the buyer accepts the
 * work. Deliveries are numbered, so that a timer of an earlier one has no effect.
 */
export const gigOrder = decider({
  name: 'gigOrder',
  id: OrderId,
  commands: gigOrderCommands,
  events: gigOrderEvents,
  refusals: gigOrderRefusals,
}).rules<State>({
  initialState: { status: 'NEW' },

  decide: {
    PlaceGigOrder: ({ title, package: ordered, agreedTotal, ...placed }, state) => {
      const { userId, sellerId, gigId, price } = placed
      if (state.status !== 'NEW')
        return state.userId === userId && state.gigId === gigId ? [] : refuse('AlreadyPlaced')
      if (userId === sellerId) return refuse('OwnGig')
      if (
        agreedTotal &&
        (agreedTotal.amount !== price.amount || agreedTotal.currency !== price.currency)
      )
        return refuse('PriceChanged')
      return [
        { type: 'GigOrderPlaced', data: placed },
        { type: 'GigOrderTermsRecorded', data: { sellerId, title, package: ordered } },
      ]
    },

    StartGigOrder: ({ paymentId }, state, { now }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      if (state.status === 'CANCELLED') return refuse('AlreadyCancelled')
      if (state.status !== 'PENDING') return []
      const at = { startedAt: now, dueAt: dueAfter(state, now) }
      return [{ type: 'GigOrderStarted', data: { ...saleOf(state), paymentId, ...at } }]
    },

    AbandonGigOrder: ({ reason }, state, { by }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      if (state.status === 'CANCELLED') return []
      return state.status === 'PENDING' ? [cancelled(state, reason, by)] : refuse('AlreadyStarted')
    },

    DeliverGigOrder: ({ message, mediaIds = [] }, state) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      if (state.accepted) return refuse('AlreadyAccepted')
      switch (state.status) {
        case 'IN_PROGRESS':
        case 'IN_REVISION': {
          const { sellerId, deliveries } = state
          const data = { sellerId, delivery: deliveries + 1, message, mediaIds }
          return [{ type: 'GigOrderDelivered', data }]
        }
        case 'PENDING':
          return refuse('NotStarted')
        case 'DELIVERED':
          return refuse('AlreadyDelivered')
        case 'CANCELLED':
          return refuse('AlreadyCancelled')
        default:
          return refuse('AlreadyCompleted')
      }
    },

    RequestRevision: ({ message }, state, { now }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      if (state.status === 'CANCELLED') return refuse('AlreadyCancelled')
      if (isOver(state)) return refuse('AlreadyCompleted')
      if (state.accepted) return refuse('AlreadyAccepted')
      if (state.status === 'IN_REVISION') return refuse('AlreadyInRevision')
      if (state.status !== 'DELIVERED') return refuse('NotDelivered')
      if (revisionsLeft(state) === 0) return refuse('NoRevisionsLeft')
      const { userId, deliveries: delivery } = state
      const data = { userId, delivery, message, dueAt: dueAfter(state, now) }
      return [{ type: 'GigOrderRevisionRequested', data }]
    },

    CompleteGigOrder: ({ delivery }, state, { by }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      if (state.status === 'CANCELLED') return refuse('AlreadyCancelled')
      if (isOver(state) || state.accepted) return []
      if (delivery !== undefined)
        return state.status === 'DELIVERED' && state.deliveries === delivery
          ? [{ type: 'GigOrderAccepted', data: { by, silent: true } }]
          : []
      return state.status === 'DELIVERED'
        ? [{ type: 'GigOrderAccepted', data: { by } }]
        : refuse('NotDelivered')
    },

    MarkGigOrderOverdue: ({ delivery }, state) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      const { status, deliveries, overdueAfter = -1 } = state
      const isAwaited = status === 'IN_PROGRESS' || status === 'IN_REVISION'
      return isAwaited && deliveries === delivery && overdueAfter < delivery
        ? [{ type: 'GigOrderOverdue', data: { delivery } }]
        : []
    },

    RecordGigOrderCapture: (_, state) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      if (state.status === 'CANCELLED') return refuse('AlreadyCancelled')
      if (isOver(state)) return []
      if (!state.accepted || state.heldSince === undefined) return refuse('NotAccepted')
      const data = { ...saleOf(state), heldSince: state.heldSince }
      return [{ type: 'GigOrderCompleted', data }]
    },

    RecordGigOrderNotCaptured: ({ reason }, state, { by }) => {
      if (state.status === 'NEW') return refuse('NoSuchOrder')
      if (state.status === 'CANCELLED') return []
      if (isOver(state)) return refuse('AlreadyCompleted')
      return state.accepted ? [cancelled(state, reason, by)] : refuse('NotAccepted')
    },

    CancelGigOrder: (wish, state, context) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideCancel(state, wish, context),

    LetPartyGo: ({ side }, state, { by }) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideLeaving(state, side, by),

    RequestGigRefund: (data, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideGigRefund(state, data),
    MarkGigRefunded: ({ refundId }, state) =>
      state.status === 'NEW' ? refuse('NoSuchOrder') : decideGigRefunded(state, refundId),
    MarkGigRefundFailed: ({ refundId, reason }, state) =>
      state.status === 'NEW'
        ? refuse('NoSuchOrder')
        : decideGigRefundFailed(state, refundId, reason),
  },

  evolve: {
    GigOrderPlaced: (_, { userId, sellerId, gigId, price, deliveryDays, revisions }) => ({
      status: 'PENDING',
      userId,
      sellerId,
      gigId,
      price,
      title: forgotten,
      package: forgotten,
      deliveryDays,
      revisions,
      revised: 0,
      deliveries: 0,
      left: [],
      refunds: {},
    }),
    GigOrderTermsRecorded: (state, { title, package: ordered }) =>
      changed(state, { title, package: ordered }),
    GigOrderStarted: (state, { startedAt, dueAt }) =>
      changed(state, { status: 'IN_PROGRESS', heldSince: startedAt, dueAt }),
    // A proposal to cancel is about the work so far: it lapses with the next step.
    GigOrderDelivered: (state, { delivery }) =>
      changed(state, { status: 'DELIVERED', deliveries: delivery, proposedBy: undefined }),
    GigOrderRevisionRequested: (state, { dueAt }) =>
      state.status === 'NEW'
        ? state
        : {
            ...state,
            status: 'IN_REVISION',
            revised: state.revised + 1,
            dueAt,
            proposedBy: undefined,
          },
    GigOrderOverdue: (state, { delivery }) => changed(state, { overdueAfter: delivery }),
    GigOrderAccepted: (state) => changed(state, { accepted: true, proposedBy: undefined }),
    GigOrderCompleted: (state) => {
      if (state.status === 'NEW') return state
      const { accepted: _, ...rest } = state
      return { ...rest, status: 'COMPLETED' }
    },
    GigOrderCancellationProposed: (state, { side }) => changed(state, { proposedBy: side }),
    GigOrderCancelled: (state) => {
      if (state.status === 'NEW') return state
      const { accepted: _, ...rest } = state
      return { ...rest, status: 'CANCELLED', proposedBy: undefined }
    },
    GigOrderPartyLeft: (state, { side }) =>
      state.status === 'NEW'
        ? state
        : {
            ...state,
            left: [...state.left, side],
            ...(side === 'seller' && { title: forgotten, package: forgotten }),
          },
    GigOrderRefundRequested: (state, { refundId, amount }) =>
      withRefund(state, refundId, { status: 'pending', amount }),
    GigOrderRefunded: (state, { refundId, amount, status }) =>
      changed(withRefund(state, refundId, { status: 'done', amount }), { status }),
    GigOrderRefundFailed: (state, { refundId }) => {
      const refund = state.status === 'NEW' ? undefined : state.refunds[refundId]
      return refund ? withRefund(state, refundId, { ...refund, status: 'failed' }) : state
    },
  },
})

/** Returns when the next delivery is due: the delivery days of the package from now. */
const dueAfter = ({ deliveryDays }: Pick<PlacedGigOrder, 'deliveryDays'>, now: string): string =>
  timeAfter(now, deliveryDays * day)

const changed = (state: State, change: Partial<PlacedGigOrder>): State =>
  state.status === 'NEW' ? state : { ...state, ...change }

const withRefund = (
  state: State,
  id: keyof PlacedGigOrder['refunds'],
  refund: PlacedGigOrder['refunds'][keyof PlacedGigOrder['refunds']],
): State =>
  state.status === 'NEW' ? state : { ...state, refunds: { ...state.refunds, [id]: refund } }
