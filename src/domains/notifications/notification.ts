import { Type, type Static } from 'typebox'
import { decider, derivedId, Fields, Nothing, refuse, saysNo } from '#kernel'
import {
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
export const Channel = Type.Enum(['in_app', 'email'])
export type Channel = Static<typeof Channel>

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
}

/** Schemas of recorded events: older ones hold any text. */
const recorded = { ...request, subject: Text(1, 255), text: Text(1, 10_000) }

/** Preference that excludes it: no notifications by this channel, or no advertisements. */
const Unwanted = Type.Enum(['channel', 'marketing'])

type State = { readonly status: 'none' } | { readonly status: 'forgotten' } | Requested

type Requested = {
  readonly status: 'pending' | 'sent' | 'failed' | 'skipped'
  readonly userId: UserId
  readonly read: boolean
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

/** Returns the id of a new user's welcome by one channel. */
export const welcomeIdOf = (userId: UserId, channel: Channel): NotificationId =>
  derivedId(NotificationId, userId, 'welcome', channel)

/**
 * One notification of one user by one channel. In the app it is sent as soon as it is requested: the read model delivers
 * it. Mail is sent by a job that reports the result, unless the user's preferences exclude it.
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
        description: 'Record that it was not delivered, as the preferences of its user exclude it.',
      },
    ),
    MarkRead: Fields({}, { description: 'Record that the user has read it.' }),
    ForgetNotification: Fields({}, { description: 'Forget it, as its user has left.' }),
  },

  events: {
    NotificationRequested: Fields(recorded),
    NotificationSent: Nothing,
    NotificationFailed: Fields({ reason: RecordedReason }),
    NotificationSkipped: Fields({ unwanted: Unwanted }),
    NotificationRead: Nothing,
    NotificationForgotten: Nothing,
  },

  refusals: { NoSuchNotification: saysNo.notFound('There is no such notification.') },
}).rules<State>({
  initialState: { status: 'none' },

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
      return status === 'pending' ? [{ type: 'NotificationFailed', data }] : []
    },
    RecordSkipped: (data, { status }) => {
      if (status === 'none') return refuse('NoSuchNotification')
      return status === 'pending' ? [{ type: 'NotificationSkipped', data }] : []
    },
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
    NotificationRequested: (_, { userId }) => ({ status: 'pending', userId, read: false }),
    NotificationSent: (state) => changed(state, { status: 'sent' }),
    NotificationFailed: (state) => changed(state, { status: 'failed' }),
    NotificationSkipped: (state) => changed(state, { status: 'skipped' }),
    NotificationRead: (state) => changed(state, { read: true }),
    NotificationForgotten: () => ({ status: 'forgotten' }),
  },
})

const changed = (state: State, change: Partial<Requested>): State =>
  state.status === 'none' || state.status === 'forgotten' ? state : { ...state, ...change }
