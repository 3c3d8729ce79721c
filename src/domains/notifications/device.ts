import { Type, type Static } from 'typebox'
import {
  decider,
  derivedId,
  Fields,
  guessable,
  Id,
  patternMessage,
  personal,
  phonePattern,
  refuse,
  saysNo,
} from '#kernel'
import { Text, UserId } from '../shared/index.ts'

/** Id of a device; follows from its address, so that one device belongs to one user at a time. */
export const DeviceId = guessable(Id('DeviceId'))
export type DeviceId = Static<typeof DeviceId>

/** Returns the id of a browser. @param endpoint of its subscription; hard to guess */
export const browserIdOf = (endpoint: string): DeviceId => derivedId(DeviceId, 'webpush', endpoint)

/**
 * Returns the id of a telephone; several users may have the same.
 * @param sealedNumber HMAC of the number, so that nobody who reads the log can try numbers
 */
export const phoneIdOf = (userId: UserId, sealedNumber: string): DeviceId =>
  derivedId(DeviceId, 'phone', userId, sealedNumber)

const base64url = (bytes: number, minLength: number, maxLength: number) =>
  patternMessage(
    `must be ${bytes} bytes, base64url`,
    Type.String({ pattern: '^[A-Za-z0-9_-]+={0,2}$', minLength, maxLength }),
  )

/** A subscription of a browser, as `PushSubscription.toJSON()` gives it (W3C Push API). */
export const Subscription = Fields({
  endpoint: personal(
    patternMessage(
      'must be a URL that begins with https://',
      Type.String({ pattern: '^https://[!-~]+$', maxLength: 2_000 }),
    ),
  ),
  keys: Fields({
    p256dh: personal(base64url(65, 87, 88)),
    auth: personal(base64url(16, 22, 24)),
  }),
})

/** A telephone number in the international form (E.164). */
export const PhoneNumber = patternMessage(
  'must be a telephone number in the international form: + and 7 to 15 digits, such as +4915112345678',
  Type.String({ pattern: phonePattern }),
)

const RecordedSubscription = Fields({
  endpoint: personal(Text(1, 2_000)),
  keys: Fields({ p256dh: personal(Text(1, 88)), auth: personal(Text(1, 24)) }),
})

/** Why a device was removed: by its user, as the push service knows it no longer, or as the user has left. */
const Removal = Type.Enum(['removed', 'gone', 'forgotten'])

/** A device that is registered. */
export type RegisteredDevice = {
  readonly userId: UserId
  readonly subscription?: Static<typeof RecordedSubscription>
  readonly number?: string
  /** Whether its user has shown to have it. A browser has, by subscribing. */
  readonly confirmed: boolean
}

type State =
  | { readonly status: 'none' }
  | ({ readonly status: 'registered' } & RegisteredDevice)
  | { readonly status: 'removed'; readonly userId: UserId }

/** A device that a user is notified on: a browser by push, or a telephone by text message. */
export const device = decider({
  name: 'device',
  id: DeviceId,

  commands: {
    RegisterBrowser: Fields(
      { userId: UserId, subscription: Subscription },
      { description: 'Register a browser; it is no longer the device of anybody else.' },
    ),
    RegisterPhone: Fields(
      { userId: UserId, number: personal(PhoneNumber) },
      { description: 'Register a telephone, which is used once its user has confirmed it.' },
    ),
    ConfirmPhone: Fields(
      { userId: UserId },
      { description: 'Record that the user has the telephone: its code was right.' },
    ),
    RemoveDevice: Fields(
      { userId: UserId, reason: Removal },
      { description: 'Remove a device, if it is still that of the user.' },
    ),
  },

  events: {
    DeviceRegistered: Fields({
      userId: UserId,
      subscription: Type.Optional(RecordedSubscription),
      number: Type.Optional(personal(Text(1, 16))),
    }),
    DeviceConfirmed: Fields({ userId: UserId }),
    DeviceRemoved: Fields({ userId: UserId, reason: Removal }),
  },

  refusals: { NoSuchDevice: saysNo.notFound('There is no such device.') },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    RegisterBrowser: (data, state) =>
      state.status === 'registered' &&
      state.userId === data.userId &&
      state.subscription?.keys.auth === data.subscription.keys.auth &&
      state.subscription.keys.p256dh === data.subscription.keys.p256dh
        ? []
        : [{ type: 'DeviceRegistered', data }],
    // Again while it is not confirmed, for another code.
    RegisterPhone: (data, state) =>
      state.status === 'registered' && state.confirmed ? [] : [{ type: 'DeviceRegistered', data }],
    ConfirmPhone: ({ userId }, state) => {
      if (state.status !== 'registered' || state.userId !== userId) return refuse('NoSuchDevice')
      return state.confirmed ? [] : [{ type: 'DeviceConfirmed', data: { userId } }]
    },
    RemoveDevice: (data, state) =>
      state.status === 'registered' && state.userId === data.userId
        ? [{ type: 'DeviceRemoved', data }]
        : [],
  },

  evolve: {
    DeviceRegistered: (_, { userId, subscription, number }) => ({
      status: 'registered',
      userId,
      ...(subscription && { subscription }),
      ...(number !== undefined && { number }),
      confirmed: subscription !== undefined,
    }),
    DeviceConfirmed: (state) =>
      state.status === 'registered' ? { ...state, confirmed: true } : state,
    DeviceRemoved: (_, { userId }) => ({ status: 'removed', userId }),
  },
})
