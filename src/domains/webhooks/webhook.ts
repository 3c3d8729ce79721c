import { Type, type Static } from 'typebox'
import { about, decider, Fields, Id, personal, refuse, saysNo, timeAfter } from '#kernel'
import { Code, Name, Text, UserId } from '../shared/index.ts'

/** Id of a subscription of another system to events. */
export const WebhookId = Id('WebhookId')
export type WebhookId = Static<typeof WebhookId>

/** Limits of webhooks. */
export const limits = {
  /** Subscriptions of an Agora. */
  webhooks: 50,
  /** Event types of a subscription. */
  events: 100,
} as const

/** How long the previous secret signs as well after a rotation, in ms. */
const secretOverlap = 24 * 60 * 60_000

/** Stands for all published event types. */
export const allEvents = '*'

/** URL of an endpoint. What requests may reach is checked by the route, and again as they connect. */
export const EndpointUrl = Code(2_000)

/** Names of event types, or `*`. */
export const EventNames = Type.Array(Code(100), {
  minItems: 1,
  maxItems: limits.events,
  uniqueItems: true,
})

/** What an admin says a webhook is for. */
export const Description = Name(1, 200)

const settings = {
  url: EndpointUrl,
  events: EventNames,
  description: Type.Optional(personal(Description)),
  /** The admin who sets it. */
  by: UserId,
}
const Settings = about(
  'by',
  Fields({
    url: Text(1, 2_000),
    events: Type.Array(Text(1, 100)),
    description: Type.Optional(personal(Text(1, 200))),
    by: UserId,
  }),
)

/** Why a webhook was disabled: its endpoint answered 410 Gone. */
const DisabledBecause = Type.Enum(['gone'])

type Subscribed = {
  readonly url: string
  readonly events: readonly string[]
  /** Number of the secret: 1, and one more with each rotation. */
  readonly secretVersion: number
  /** Until when the previous secret signs as well; undefined without a rotation. */
  readonly previousUntil?: string
}

/** State of a webhook. */
export type WebhookState =
  | { readonly status: 'none' }
  | { readonly status: 'deleted' }
  | ({ readonly status: 'active' | 'paused' | 'disabled' } & Subscribed)

/**
 * A subscription of another system to published events: its endpoint gets each event by a signed POST. The signing secret
 * derives from the id and the number of the secret, so that none is stored.
 */
export const webhook = decider({
  name: 'webhook',
  id: WebhookId,

  commands: {
    SubscribeWebhook: about(
      'by',
      Fields(settings, { description: 'Subscribe an endpoint to event types.' }),
    ),
    ChangeWebhook: about(
      'by',
      Fields(settings, { description: 'Change endpoint, event types and description.' }),
    ),
    PauseWebhook: Fields({}, { description: 'Let deliveries wait until the webhook is resumed.' }),
    ResumeWebhook: Fields({}, { description: 'Deliver again, also what has waited.' }),
    DisableWebhook: Fields(
      { reason: DisabledBecause },
      { description: 'Stop deliveries, as the endpoint is gone.' },
    ),
    RotateSecret: Fields(
      {},
      { description: 'Sign with a new secret; the previous one signs as well for a day.' },
    ),
    ForgetDescription: Fields({}, { description: 'Remove the words of an admin who has left.' }),
    DeleteWebhook: Fields({}, { description: 'End the subscription for good.' }),
  },

  events: {
    WebhookSubscribed: Settings,
    WebhookChanged: Settings,
    WebhookPaused: Fields({}),
    WebhookResumed: Fields({}),
    WebhookDisabled: Fields({ reason: DisabledBecause }),
    WebhookSecretRotated: Fields({
      version: Type.Integer({ minimum: 2 }),
      previousUntil: Type.String({ format: 'date-time' }),
    }),
    WebhookDescriptionForgotten: Fields({}),
    WebhookDeleted: Fields({}),
  },

  refusals: { NoSuchWebhook: saysNo.notFound('There is no such webhook.') },
}).rules<WebhookState>({
  initialState: { status: 'none' },

  decide: {
    SubscribeWebhook: (data, { status }) =>
      status === 'none' ? [{ type: 'WebhookSubscribed', data }] : [],
    ChangeWebhook: (data, state) =>
      isThere(state) ? [{ type: 'WebhookChanged', data }] : refuse('NoSuchWebhook'),
    PauseWebhook: (_, state) => {
      if (!isThere(state)) return refuse('NoSuchWebhook')
      return state.status === 'active' ? [{ type: 'WebhookPaused', data: {} }] : []
    },
    ResumeWebhook: (_, state) => {
      if (!isThere(state)) return refuse('NoSuchWebhook')
      return state.status === 'active' ? [] : [{ type: 'WebhookResumed', data: {} }]
    },
    DisableWebhook: (data, state) =>
      isThere(state) && state.status !== 'disabled' ? [{ type: 'WebhookDisabled', data }] : [],
    RotateSecret: (_, state, { now }) => {
      if (!isThere(state)) return refuse('NoSuchWebhook')
      const data = {
        version: state.secretVersion + 1,
        previousUntil: timeAfter(now, secretOverlap),
      }
      return [{ type: 'WebhookSecretRotated', data }]
    },
    ForgetDescription: (_, state) =>
      state.status === 'none' ? [] : [{ type: 'WebhookDescriptionForgotten', data: {} }],
    DeleteWebhook: (_, { status }) => {
      if (status === 'none') return refuse('NoSuchWebhook')
      return status === 'deleted' ? [] : [{ type: 'WebhookDeleted', data: {} }]
    },
  },

  evolve: {
    WebhookSubscribed: (_, { url, events }) => ({
      status: 'active',
      url,
      events,
      secretVersion: 1,
    }),
    WebhookChanged: (state, { url, events }) =>
      isThere(state) ? { ...state, url, events } : state,
    WebhookPaused: (state) => (isThere(state) ? { ...state, status: 'paused' } : state),
    WebhookResumed: (state) => (isThere(state) ? { ...state, status: 'active' } : state),
    WebhookDisabled: (state) => (isThere(state) ? { ...state, status: 'disabled' } : state),
    WebhookSecretRotated: (state, { version, previousUntil }) =>
      isThere(state) ? { ...state, secretVersion: version, previousUntil } : state,
    WebhookDescriptionForgotten: (state) => state,
    WebhookDeleted: () => ({ status: 'deleted' }),
  },
})

const isThere = (state: WebhookState): state is Extract<WebhookState, { readonly url: string }> =>
  state.status !== 'none' && state.status !== 'deleted'
