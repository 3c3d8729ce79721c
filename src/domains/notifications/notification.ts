import { Type, type Static } from 'typebox'
import { decider, derivedId, Fields, Nothing, refuse, saysNo } from '#kernel'
import {
  Name,
  NotificationId,
  OrderId,
  Paragraphs,
  Reason,
  RecordedReason,
  Text,
  UserId,
} from '../shared/index.ts'

/** How somebody is told. */
export const Channel = Type.Enum(['in_app', 'email'])
export type Channel = Static<typeof Channel>

const request = {
  userId: UserId,
  channel: Channel,
  /** What it is about, in snake_case: `order_confirmed`. */
  type: Type.String({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 100 }),
  subject: Name(1, 255),
  text: Paragraphs(1, 10_000),
  orderId: Type.Optional(OrderId),
  /** An advertisement, which is for those only who want some. */
  marketing: Type.Optional(Type.Literal(true)),
}

/** As it was recorded: once, it could be any text. */
const recorded = { ...request, subject: Text(1, 255), text: Text(1, 10_000) }

/** What its user does not want: to be told by this channel, or advertisements. */
const Unwanted = Type.Enum(['channel', 'marketing'])

type State = { readonly status: 'none' } | { readonly status: 'forgotten' } | Told

type Told = {
  readonly status: 'pending' | 'sent' | 'failed' | 'skipped'
  readonly userId: UserId
  readonly read: boolean
}

/**
 * What an order has to tell by one channel about one matter: however often it is asked for, it is told once.
 * @param cause the refund or the return that it is about, as there may be several
 */
export const notificationIdOf = (
  orderId: OrderId,
  type: string,
  channel: Channel,
  ...cause: readonly string[]
): NotificationId => derivedId(NotificationId, orderId, type, channel, ...cause)

/** How somebody new is greeted by one channel. */
export const welcomeIdOf = (userId: UserId, channel: Channel): NotificationId =>
  derivedId(NotificationId, userId, 'welcome', channel)

/**
 * One thing that one user is told by one channel. What is told in the app counts as sent when it is asked for:
 * its read model is its delivery. Mail is delivered by a job that reports back, unless its user does not want any.
 */
export const notification = decider({
  name: 'notification',
  id: NotificationId,

  commands: {
    RequestNotification: Fields(request, { description: 'Tell a user something.' }),
    RecordSent: Fields({}, { description: 'Record that it was delivered.' }),
    RecordFailure: Fields({ reason: Reason }, { description: 'Record that it was not.' }),
    RecordSkipped: Fields(
      { unwanted: Unwanted },
      { description: 'Record that it was not delivered, as its user does not want it to be.' },
    ),
    MarkRead: Fields({}, { description: 'Record that the user has read it.' }),
    ForgetNotification: Fields({}, { description: 'Forget it: its user has left.' }),
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
    // One that is not there yet will not be: who asks for it may be late.
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

const changed = (state: State, change: Partial<Told>): State =>
  state.status === 'none' || state.status === 'forgotten' ? state : { ...state, ...change }
