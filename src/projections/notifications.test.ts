import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { OrderId, UserId } from '../domains/shared/index.ts'
import { notifications } from './notifications.ts'

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
  recorded(streamOf(notification, id), { type, data }, { at })
const requested = happened('NotificationRequested', news, monday)

test('a notification shows what it says, and that nobody has read it', () =>
  expect(folding(notifications, requested).into(id)).toEqual({
    id,
    ...news,
    status: 'PENDING',
    read: false,
    createdAt: monday,
  }))

test('a notification shows when it was delivered and when it was read', () =>
  expect(
    folding(
      notifications,
      requested,
      happened('NotificationSent'),
      happened('NotificationRead'),
    ).into(id),
  ).toMatchObject({ status: 'SENT', sentAt: tuesday, read: true, readAt: tuesday }))

test('a notification that was forgotten is not shown', () =>
  expect(
    folding(notifications, requested, happened('NotificationForgotten')).into(id),
  ).toBeUndefined())

test('a notification that could not be delivered says so, until it could', () => {
  const failed = happened('NotificationFailed', { reason: 'no such mailbox' })
  expect(folding(notifications, requested, failed).into(id)?.status).toBe('FAILED')
  expect(
    folding(notifications, requested, failed, happened('NotificationSent')).into(id)?.status,
  ).toBe('SENT')
})

test('a notification that its user did not want stays, and says so', () =>
  expect(
    folding(
      notifications,
      happened('NotificationRequested', { ...news, marketing: true }, monday),
      happened('NotificationSkipped', { unwanted: 'marketing' }),
    ).into(id),
  ).toMatchObject({ status: 'SKIPPED', marketing: true, text: news.text }))
