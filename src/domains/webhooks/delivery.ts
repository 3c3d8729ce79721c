import { Type, type Static } from 'typebox'
import { decider, Fields, Id, refuse, saysNo, timeAfter, Timestamp } from '#kernel'
import { Code, Name, Text } from '../shared/index.ts'
import { pauseAfter, triedFor } from './pauses.ts'
import { WebhookId } from './webhook.ts'

/** Id of the delivery of an event to a webhook; derived from both. */
export const DeliveryId = Id('DeliveryId')
export type DeliveryId = Static<typeof DeliveryId>

/** The event that is delivered; without a position, it is a test that no log has. */
const reference = {
  webhookId: WebhookId,
  /** Id of the event, also in the delivered request. */
  eventId: Code(100),
  /** Published name: `agora.ordering.order-placed.v1`. */
  event: Code(100),
  /** Position of the event in the log. */
  position: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' })),
}
const Reference = Fields(reference)
export type Reference = Static<typeof Reference>

const attempt = { attempt: Type.Integer({ minimum: 1 }) }
const outcome = {
  ...attempt,
  /** Status of the answer; undefined without one. */
  status: Type.Optional(Type.Integer({ minimum: 0, maximum: 999 })),
  /** Duration of the request, in ms. */
  tookMs: Type.Integer({ minimum: 0 }),
}
const ofWebhook = { webhookId: WebhookId }
const failure = { ...ofWebhook, ...outcome, error: Text(1, 300) }

type Under = Reference & {
  readonly attempt: number
  /** The first attempt since it was requested or replayed, from which pauses grow. */
  readonly first: number
  /** When it was requested or replayed: it is tried for three days from then on. */
  readonly since: string
}

type Ended = 'delivered' | 'failed' | 'cancelled'

/** State of a delivery. */
export type DeliveryState =
  | { readonly status: 'none' }
  | ({ readonly status: 'sending' } & Under)
  | ({ readonly status: 'waiting'; readonly dueAt: string } & Under)
  | ({ readonly status: Ended } & Under)
  | ({ readonly status: 'removed' } & Under)

/** Returns whether an attempt is the one that is being made. */
export const isAttempted = (
  state: DeliveryState,
  attempted: number,
): state is Extract<DeliveryState, { readonly status: 'sending' }> =>
  state.status === 'sending' && state.attempt === attempted

/**
 * The delivery of one event to one webhook. A failed attempt is retried with growing pauses for three days; then it is
 * given up, and an admin may replay it. At most one attempt is made at a time. What has ended is removed after a while.
 */
export const delivery = decider({
  name: 'webhookDelivery',
  id: DeliveryId,

  commands: {
    RequestDelivery: Fields(reference, { description: 'Deliver an event to a webhook.' }),
    RecordDelivered: Fields(outcome, { description: 'Record that the endpoint took it.' }),
    RecordFailedAttempt: Fields(
      {
        ...outcome,
        error: Name(1, 300),
        /** Position of the pause between its shortest and its longest, from 0 to 1. */
        jitter: Type.Number({ minimum: 0, maximum: 1 }),
        /** Pause that the endpoint asks for, in ms. */
        retryAfterMs: Type.Optional(Type.Integer({ minimum: 0 })),
        /** No retry can succeed: the endpoint is gone. */
        isFinal: Type.Optional(Type.Boolean()),
      },
      { description: 'Record a failed attempt; it is retried, or given up after three days.' },
    ),
    PostponeDelivery: Fields(
      { ...attempt, until: Timestamp },
      { description: 'Make the attempt later; it does not count.' },
    ),
    RetryDelivery: Fields(
      { attempt: attempt.attempt },
      { description: 'Make the attempt that is due.' },
    ),
    ExpireDelivery: Fields({}, { description: 'Give up what has waited for three days.' }),
    ReplayDelivery: Fields({}, { description: 'Deliver once more what has ended.' }),
    CancelDelivery: Fields({}, { description: 'Drop it, as its webhook is deleted.' }),
    RemoveDelivery: Fields(attempt, {
      description: 'Remove what has ended with this attempt, and was not replayed since.',
    }),
  },

  events: {
    DeliveryRequested: Fields({ ...reference, since: Timestamp }),
    DeliverySucceeded: Fields({ ...ofWebhook, ...outcome }),
    DeliveryAttemptFailed: Fields({ ...failure, retryAt: Timestamp }),
    DeliveryGivenUp: Fields(failure),
    DeliveryPostponed: Fields({ ...ofWebhook, ...attempt, until: Timestamp }),
    DeliveryRetried: Fields({ ...ofWebhook, ...attempt }),
    DeliveryReplayed: Fields({ ...ofWebhook, ...attempt, since: Timestamp }),
    DeliveryCancelled: Fields(ofWebhook),
    /** It is removed from the list of deliveries, and cannot be replayed any more. */
    DeliveryRemoved: Fields(ofWebhook),
  },

  refusals: {
    NoSuchDelivery: saysNo.notFound('There is no such delivery.'),
    NoSuchDeliveryAnymore: saysNo.notFound(
      'This delivery ended long ago and was removed; it cannot be replayed any more.',
    ),
    DeliveryUnderWay: 'This delivery has not ended; it is tried again by itself.',
  },
}).rules<DeliveryState>({
  initialState: { status: 'none' },
  closed: { when: ({ status }) => status === 'removed', afterDays: 30 },

  decide: {
    RequestDelivery: (data, { status }, { now }) =>
      status === 'none' ? [{ type: 'DeliveryRequested', data: { ...data, since: now } }] : [],

    RecordDelivered: (data, state) =>
      isAttempted(state, data.attempt)
        ? [{ type: 'DeliverySucceeded', data: { webhookId: state.webhookId, ...data } }]
        : [],

    RecordFailedAttempt: (
      { jitter, retryAfterMs = 0, isFinal = false, ...outcome },
      state,
      { now },
    ) => {
      if (!isAttempted(state, outcome.attempt)) return []
      const data = { webhookId: state.webhookId, ...outcome }
      const pause = Math.max(pauseAfter(outcome.attempt - state.first + 1, jitter), retryAfterMs)
      const retryAt = timeAfter(now, pause)
      return isFinal || retryAt > timeAfter(state.since, triedFor)
        ? [{ type: 'DeliveryGivenUp', data }]
        : [{ type: 'DeliveryAttemptFailed', data: { ...data, retryAt } }]
    },

    PostponeDelivery: (data, state) =>
      isAttempted(state, data.attempt)
        ? [{ type: 'DeliveryPostponed', data: { webhookId: state.webhookId, ...data } }]
        : [],

    RetryDelivery: (data, state, { now }) =>
      state.status === 'waiting' && state.attempt === data.attempt && state.dueAt <= now
        ? [{ type: 'DeliveryRetried', data: { webhookId: state.webhookId, ...data } }]
        : [],

    ExpireDelivery: (_, state, { now }) => {
      if (state.status !== 'waiting' || now <= timeAfter(state.since, triedFor)) return []
      const { webhookId, attempt } = state
      const data = { webhookId, attempt, tookMs: 0, error: 'It was not taken within three days.' }
      return [{ type: 'DeliveryGivenUp', data }]
    },

    ReplayDelivery: (_, state, { now }) => {
      if (state.status === 'none') return refuse('NoSuchDelivery')
      if (state.status === 'removed') return refuse('NoSuchDeliveryAnymore')
      if (state.status === 'sending' || state.status === 'waiting')
        return refuse('DeliveryUnderWay')
      const data = { webhookId: state.webhookId, attempt: state.attempt + 1, since: now }
      return [{ type: 'DeliveryReplayed', data }]
    },

    CancelDelivery: (_, state) =>
      state.status === 'sending' || state.status === 'waiting'
        ? [{ type: 'DeliveryCancelled', data: { webhookId: state.webhookId } }]
        : [],

    RemoveDelivery: (data, state) =>
      hasEnded(state) && state.attempt === data.attempt
        ? [{ type: 'DeliveryRemoved', data: { webhookId: state.webhookId } }]
        : [],
  },

  evolve: {
    DeliveryRequested: (_, data) => ({ status: 'sending', ...data, attempt: 1, first: 1 }),
    DeliverySucceeded: (state) => ended(state, 'delivered'),
    DeliveryAttemptFailed: (state, { attempt: failed, retryAt }) =>
      waiting(state, failed + 1, retryAt),
    DeliveryGivenUp: (state) => ended(state, 'failed'),
    DeliveryPostponed: (state, { attempt: postponed, until }) => waiting(state, postponed, until),
    DeliveryRetried: (state) => (state.status === 'none' ? state : { ...state, status: 'sending' }),
    DeliveryReplayed: (state, { attempt: next, since }) =>
      state.status === 'none'
        ? state
        : { ...state, status: 'sending', attempt: next, first: next, since },
    DeliveryCancelled: (state) => ended(state, 'cancelled'),
    DeliveryRemoved: (state) => ended(state, 'removed'),
  },
})

const hasEnded = (
  state: DeliveryState,
): state is Extract<DeliveryState, { readonly status: Ended }> =>
  state.status === 'delivered' || state.status === 'failed' || state.status === 'cancelled'

const ended = (state: DeliveryState, status: Ended | 'removed'): DeliveryState =>
  state.status === 'none' ? state : { ...state, status }

const waiting = (state: DeliveryState, attempt: number, dueAt: string): DeliveryState =>
  state.status === 'none' ? state : { ...state, status: 'waiting', attempt, dueAt }
