import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { Channel, notification } from '../domains/notifications/language.ts'
import { NotificationId, OrderId, PostId, Text, UserId } from '../domains/shared/index.ts'
import { Place, placeAt } from './places.ts'

/** Notifications of each user, with the status of their delivery and whether they were read. */
export const notifications = projection({
  name: 'notifications',
  version: 8,
  store: 'mongo',
  within: 2_000,
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
    /** Template of the text, for other languages. */
    template: Type.Optional(
      Fields({
        name: Type.String(),
        values: Type.Record(Type.String(), Text(0, 255)),
      }),
    ),
    /** The notification in the app that this one brings to the devices of the user. */
    copyOf: Type.Optional(NotificationId),
    /** Whether there is such a one: lists and counts, which have that one, leave this one out. */
    isCopy: Type.Boolean(),
    /** `DELAYED`: by quiet hours, or to be gathered with others; `SKIPPED`: the user's preferences exclude it, or there is no device. */
    status: Type.Enum(['PENDING', 'DELAYED', 'SENT', 'FAILED', 'SKIPPED']),
    /** Time until which it is delayed; missing once it is not. */
    dueAt: Type.Optional(Timestamp),
    read: Type.Boolean(),
    createdAt: Timestamp,
    sentAt: Type.Optional(Timestamp),
    readAt: Type.Optional(Timestamp),
    /** Of the request. */
    place: Place,
  }),
  from: [notification],
  key: 'id',
  beginsWith: [notification],
  indexes: [
    ['userId', 'createdAt'],
    ['userId', 'read', 'createdAt'],
    ['userId', 'channel', 'createdAt'],
    ['userId', 'channel', 'read', 'createdAt'],
    ['userId', 'place'],
    ['dueAt'],
  ],
}).rules({
  NotificationRequested: (_, { id, at, position, data: { letter, ...data } }) => ({
    id,
    ...data,
    ...letter,
    status: 'PENDING',
    isCopy: data.copyOf !== undefined,
    // The one in the app counts.
    read: data.copyOf !== undefined,
    createdAt: at,
    place: placeAt(position),
  }),
  NotificationSent: (document, { at }) =>
    document && { ...undelayed(document), status: 'SENT', sentAt: at },
  NotificationFailed: (document) => document && { ...undelayed(document), status: 'FAILED' },
  NotificationSkipped: (document) => document && { ...undelayed(document), status: 'SKIPPED' },
  NotificationDelayed: (document, { data: { until } }) =>
    document && { ...document, status: 'DELAYED', dueAt: until },
  NotificationReleased: (document) => document && { ...undelayed(document), status: 'PENDING' },
  NotificationGathered: (document, { at }) =>
    document && { ...undelayed(document), status: 'SENT', sentAt: at },
  NotificationRead: (document, { at }) => document && { ...document, read: true, readAt: at },
  NotificationForgotten: () => undefined,
})

const undelayed = <D extends { readonly dueAt?: string }>(document: D): Omit<D, 'dueAt'> => {
  const { dueAt: _, ...rest } = document
  return rest
}
