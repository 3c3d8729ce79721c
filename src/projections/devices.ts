import { Type } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { device, DeviceId } from '../domains/notifications/language.ts'
import { Text, UserId } from '../domains/shared/index.ts'

/** Browsers and telephones that users are notified on. */
export const devices = projection({
  name: 'devices',
  store: 'postgres',
  within: 1_000,
  document: Fields({
    id: DeviceId,
    userId: UserId,
    kind: Type.Enum(['webpush', 'phone']),
    /** Of a browser: URL at its push service, and its keys. */
    endpoint: Type.Optional(personal(Text(1, 2_000))),
    publicKey: Type.Optional(personal(Text(1, 88))),
    auth: Type.Optional(personal(Text(1, 24))),
    /** Of a telephone. */
    number: Type.Optional(personal(Text(1, 16))),
    /** Whether its user has shown to have it. */
    confirmed: Type.Boolean(),
    createdAt: Timestamp,
  }),
  from: [device],
  key: 'id',
  beginsWith: [device],
  indexes: [['userId', 'kind', 'createdAt']],
}).rules({
  DeviceRegistered: (_, { id, at, data: { userId, subscription, number } }) => ({
    id,
    userId,
    kind: subscription ? 'webpush' : 'phone',
    ...(subscription && {
      endpoint: subscription.endpoint,
      publicKey: subscription.keys.p256dh,
      auth: subscription.keys.auth,
    }),
    ...(number !== undefined && { number }),
    confirmed: subscription !== undefined,
    createdAt: at,
  }),
  DeviceConfirmed: (document) => document && { ...document, confirmed: true },
  DeviceRemoved: () => undefined,
})
