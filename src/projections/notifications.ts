import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { Channel, notification } from '../domains/notifications/language.ts'
import { NotificationId, OrderId, PostId, Text, UserId } from '../domains/shared/index.ts'
import { Place, placeAt } from './places.ts'

/** Notifications of each user, with the status of their delivery and whether they were read. */
export const notifications = projection({
  name: 'notifications',
  version: 6,
  store: 'mongo',
  document: Fields({
    id: NotificationId,
    userId: UserId,
    channel: Channel,
    type: Type.String(),
    subject: Text(1, 255),
    text: Text(1, 10_000),
    orderId: Type.Optional(OrderId),
    postId: Type.Optional(PostId),
    marketing: Type.Optional(Type.Literal(true)),
    /** `SKIPPED`: the user's preferences exclude it. */
    status: Type.Enum(['PENDING', 'SENT', 'FAILED', 'SKIPPED']),
    read: Type.Boolean(),
    createdAt: Timestamp,
    sentAt: Type.Optional(Timestamp),
    readAt: Type.Optional(Timestamp),
    /** Of the request. */
    place: Place,
  }),
  from: [notification],
  key: ({ id }) => id,
  beginsWith: [notification],
  indexes: [
    ['userId', 'createdAt'],
    ['userId', 'read', 'createdAt'],
    ['userId', 'place'],
  ],
}).rules({
  NotificationRequested: (_, { id, at, position, data }) => ({
    id,
    ...data,
    status: 'PENDING',
    read: false,
    createdAt: at,
    place: placeAt(position),
  }),
  NotificationSent: (document, { at }) => document && { ...document, status: 'SENT', sentAt: at },
  NotificationFailed: (document) => document && { ...document, status: 'FAILED' },
  NotificationSkipped: (document) => document && { ...document, status: 'SKIPPED' },
  NotificationRead: (document, { at }) => document && { ...document, read: true, readAt: at },
  NotificationForgotten: () => undefined,
})
