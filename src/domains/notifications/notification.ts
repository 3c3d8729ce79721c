import { Type, type Static } from 'typebox'
import { decider, derivedId, Fields, Nothing, personal, refuse, saysNo, Timestamp } from '#kernel'
import {
  type MediaId,
  Name,
  NotificationId,
  OrderId,
  Paragraphs,
  PostId,
  Reason,
  RecordedReason,
  Text,
  UserId,
} from '../shared/index.ts'

/** Channel of a notification. */
export const Channel = Type.Enum(['in_app', 'email', 'push', 'sms'])
export type Channel = Static<typeof Channel>

/** Name of a value of a template. */
const ValueName = Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,39}$' })

const request = {
  userId: UserId,
  channel: Channel,
  /** Subject matter in snake_case: `order_confirmed`. */
  type: Type.String({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 100 }),
  subject: Name(1, 255),
  text: Paragraphs(1, 10_000),
  orderId: Type.Optional(OrderId),
  postId: Type.Optional(PostId),
  /** An advertisement, sent only to users who agreed to them. */
  marketing: Type.Optional(Type.Literal(true)),
  /** Template with its values, for a text in the language of the user; `subject` and `text` are the English one. */
  template: Type.Optional(
    Fields({
      name: Type.String({ pattern: '^[a-z][a-z0-9_.]*$', maxLength: 100 }),
      values: Type.Record(ValueName, Name(0, 255), {
        additionalProperties: false,
        maxProperties: 20,
      }),
    }),
  ),
  /** Words about a person, instead of `subject` and `text`, which name nobody. */
  letter: Type.Optional(
    Fields({ subject: personal(Name(1, 255)), text: personal(Paragraphs(1, 10_000)) }),
  ),
  /** The notification in the app that this one brings to the devices of the user. */
  copyOf: Type.Optional(NotificationId),
}

/** Schemas of recorded events: older ones hold any text. */
const recorded = {
  ...request,
  subject: Text(1, 255),
  text: Text(1, 10_000),
  letter: Type.Optional(
    Fields({ subject: personal(Text(1, 255)), text: personal(Text(1, 10_000)) }),
  ),
}

/**
 * What excludes it: the preferences, as there are to be no notifications by this channel, none of this kind by it, or no
 * advertisements; its user has no device for the channel; or has read the one in the app that it brings to devices.
 */
const Unwanted = Type.Enum(['channel', 'kind', 'marketing', 'device', 'read'])

/** Number of notifications that were gathered into one. */
const Count = Type.Integer({ minimum: 1 })

type State = { readonly status: 'none' } | { readonly status: 'forgotten' } | Requested

type Requested = {
  readonly status: 'pending' | 'delayed' | 'sent' | 'failed' | 'skipped'
  readonly userId: UserId
  readonly channel: Channel
  readonly read: boolean
  /** Number of notifications that it stands for, once others were gathered into it. */
  readonly count?: number
}

/**
 * Returns the id of an order's notification of one type by one channel, so that repeated requests have no effect.
 * @param cause refund or return that it concerns, as an order may have several
 */
export const notificationIdOf = (
  orderId: OrderId,
  type: string,
  channel: Channel,
  ...cause: readonly string[]
): NotificationId => derivedId(NotificationId, orderId, type, channel, ...cause)

/** Type of the notification of a reviewed person. */
export const reviewNewsType = 'review_received'

/** Returns the id of the notification of a user about a post or comment, so that there is one of each type. */
export const postNewsIdOf = (
  about: string,
  type: 'post_commented' | 'mentioned',
  userId: UserId,
): NotificationId => derivedId(NotificationId, about, type, userId)

/** Returns the id of the notification about a follow, from its follower and followed user, so that there is one of each type. */
export const followNewsIdOf = (
  [followerId, followeeId]: readonly [UserId, UserId],
  type: 'follow_requested' | 'follow_accepted' | 'followed',
): NotificationId => derivedId(NotificationId, followerId, followeeId, type)

/** Subject and text of a notification whose words are about a person: its `letter` has them. */
export const wordsAboutAPerson = {
  subject: 'A message from Agora',
  text: 'There is a message for you.',
} as const

/** Returns the id of the push message that brings a notification in the app to the devices of its user. */
export const pushIdOf = (id: NotificationId): NotificationId =>
  derivedId(NotificationId, id, 'push')

/** Returns the id of the notification of the owner of a rejected file. */
export const rejectionNewsIdOf = (mediaId: MediaId): NotificationId =>
  derivedId(NotificationId, mediaId, 'media_rejected')

/** Returns the id of a new user's welcome by one channel. */
export const welcomeIdOf = (userId: UserId, channel: Channel): NotificationId =>
  derivedId(NotificationId, userId, 'welcome', channel)

/**
 * One notification of one user by one channel. In the app it is sent as soon as it is requested: the read model delivers
 * it. Mails, push and text messages are sent by jobs that report the result, unless the user's preferences exclude them.
 * Push and text messages may be delayed: to the end of quiet hours, or to be gathered with others of their kind.
 */
export const notification = decider({
  name: 'notification',
  id: NotificationId,

  commands: {
    RequestNotification: Fields(request, { description: 'Notify a user.' }),
    RecordSent: Fields({}, { description: 'Record that it was delivered.' }),
    RecordFailure: Fields(
      { reason: Reason },
      { description: 'Record that it could not be delivered.' },
    ),
    RecordSkipped: Fields(
      { unwanted: Unwanted },
      {
        description:
          'Record that it was not delivered: the preferences of its user exclude it, there is no device for it, or it was read in the app.',
      },
    ),
    DelayNotification: Fields(
      { until: Timestamp, count: Type.Optional(Count) },
      {
        description:
          'Deliver it later, as the number of them that it stands for: the user is not to be disturbed, or has just been.',
      },
    ),
    ReleaseNotification: Fields(
      { count: Count },
      { description: 'Deliver a delayed one, which stands for this number of them.' },
    ),
    GatherNotification: Fields(
      { into: NotificationId },
      { description: 'Deliver a delayed one as part of another.' },
    ),
    MarkRead: Fields({}, { description: 'Record that the user has read it.' }),
    ForgetNotification: Fields({}, { description: 'Forget it, as its user has left.' }),
  },

  events: {
    NotificationRequested: Fields(recorded),
    NotificationSent: Nothing,
    NotificationFailed: Fields({ reason: RecordedReason }),
    NotificationSkipped: Fields({ unwanted: Unwanted }),
    NotificationDelayed: Fields({ until: Timestamp, count: Type.Optional(Count) }),
    NotificationReleased: Fields({ channel: Channel, count: Count }),
    /** It is delivered as part of another one. */
    NotificationGathered: Fields({ into: NotificationId }),
    NotificationRead: Nothing,
    NotificationForgotten: Nothing,
  },

  refusals: { NoSuchNotification: saysNo.notFound('There is no such notification.') },
}).rules<State>({
  initialState: { status: 'none' },
  stateVersion: 3,

  decide: {
    RequestNotification: (data, { status }) => {
      if (status !== 'none') return []
      return data.channel === 'in_app'
        ? [
            { type: 'NotificationRequested', data },
            { type: 'NotificationSent', data: {} },
          ]
        : [{ type: 'NotificationRequested', data }]
    },
    RecordSent: (_, { status }) => {
      if (status === 'none') return refuse('NoSuchNotification')
      return status === 'sent' || status === 'forgotten'
        ? []
        : [{ type: 'NotificationSent', data: {} }]
    },
    RecordFailure: (data, { status }) => {
      if (status === 'none') return refuse('NoSuchNotification')
      return waits(status) ? [{ type: 'NotificationFailed', data }] : []
    },
    RecordSkipped: (data, { status }) => {
      if (status === 'none') return refuse('NoSuchNotification')
      return waits(status) ? [{ type: 'NotificationSkipped', data }] : []
    },
    // A failed one, when an operator has retried its dead letter.
    DelayNotification: (data, { status }) =>
      status === 'pending' || status === 'failed' ? [{ type: 'NotificationDelayed', data }] : [],
    ReleaseNotification: ({ count }, state) =>
      state.status === 'delayed'
        ? [{ type: 'NotificationReleased', data: { channel: state.channel, count } }]
        : [],
    GatherNotification: (data, { status }) =>
      status === 'delayed' ? [{ type: 'NotificationGathered', data }] : [],
    MarkRead: (_, state) => {
      if (state.status === 'none' || state.status === 'forgotten')
        return refuse('NoSuchNotification')
      return state.read ? [] : [{ type: 'NotificationRead', data: {} }]
    },
    // Recorded even before the request, which may come late and is ignored then.
    ForgetNotification: (_, { status }) =>
      status === 'forgotten' ? [] : [{ type: 'NotificationForgotten', data: {} }],
  },

  evolve: {
    NotificationRequested: (_, { userId, channel, copyOf }) => ({
      status: 'pending',
      userId,
      channel,
      // The one in the app counts.
      read: copyOf !== undefined,
    }),
    NotificationDelayed: (state, { count }) =>
      changed(state, { status: 'delayed', ...(count !== undefined && { count }) }),
    NotificationReleased: (state) => changed(state, { status: 'pending' }),
    NotificationGathered: (state) => changed(state, { status: 'sent' }),
    NotificationSent: (state) => changed(state, { status: 'sent' }),
    NotificationFailed: (state) => changed(state, { status: 'failed' }),
    NotificationSkipped: (state) => changed(state, { status: 'skipped' }),
    NotificationRead: (state) => changed(state, { read: true }),
    NotificationForgotten: () => ({ status: 'forgotten' }),
  },
})

const waits = (status: State['status']): boolean => status === 'pending' || status === 'delayed'

const changed = (state: State, change: Partial<Requested>): State =>
  state.status === 'none' || state.status === 'forgotten' ? state : { ...state, ...change }
