import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { OrderId, UserId } from '../domains/shared/index.ts'
import { notifications } from './notifications.ts'
import { placeAt } from './places.ts'

const orderId = derivedId(OrderId, 'order')
const id = notificationIdOf(orderId, 'order_confirmed', 'email')
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const news = {
  userId: derivedId(UserId, 'ada'),
  channel: 'email' as const,
  type: 'order_confirmed',
  subject: 'Your order is confirmed',
  text: 'Your order of 2 × Lamp, 39.98 EUR, is confirmed.',
  orderId,
}
const happened = (type: string, data: object = {}, at = tuesday) =>
  recorded(streamOf(notification, id), { type, data }, { at, position: 7n })
const requested = happened('NotificationRequested', news, monday)

test('a new notification is pending and unread', () =>
  expect(folding(notifications, requested).into(id)).toEqual({
    id,
    ...news,
    status: 'PENDING',
    read: false,
    createdAt: monday,
    place: placeAt(7n),
  }))

test('a notification has the times of its delivery and of its reading', () =>
  expect(
    folding(
      notifications,
      requested,
      happened('NotificationSent'),
      happened('NotificationRead'),
    ).into(id),
  ).toMatchObject({ status: 'SENT', sentAt: tuesday, read: true, readAt: tuesday }))

test('a forgotten notification is removed', () =>
  expect(
    folding(notifications, requested, happened('NotificationForgotten')).into(id),
  ).toBeUndefined())

test('a failed notification has that status until it is delivered', () => {
  const failed = happened('NotificationFailed', { reason: 'no such mailbox' })
  expect(folding(notifications, requested, failed).into(id)?.status).toBe('FAILED')
  expect(
    folding(notifications, requested, failed, happened('NotificationSent')).into(id)?.status,
  ).toBe('SENT')
})

test('a skipped notification stays, with that status', () =>
  expect(
    folding(
      notifications,
      happened('NotificationRequested', { ...news, marketing: true }, monday),
      happened('NotificationSkipped', { unwanted: 'marketing' }),
    ).into(id),
  ).toMatchObject({ status: 'SKIPPED', marketing: true, text: news.text }))
