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
    isCopy: false,
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

test('a delayed notification has the time of its delivery until it is released or gathered', () => {
  const delayed = happened('NotificationDelayed', { until: tuesday })
  expect(folding(notifications, requested, delayed).into(id)).toMatchObject({
    status: 'DELAYED',
    dueAt: tuesday,
  })
  const released = happened('NotificationReleased', { channel: 'email', count: 2 })
  const again = folding(notifications, requested, delayed, released).into(id)
  expect([again?.status, again?.dueAt]).toEqual(['PENDING', undefined])
  const gathered = happened('NotificationGathered', { into: id })
  const whole = folding(notifications, requested, delayed, gathered).into(id)
  expect([whole?.status, whole?.sentAt, whole?.dueAt]).toEqual(['SENT', tuesday, undefined])
})

test('words about a person replace those that name nobody; a copy for a device is read', () => {
  const letter = { subject: 'Dear Ada', text: 'Your engine is mended.' }
  const copy = happened('NotificationRequested', { ...news, letter, copyOf: id }, monday)
  expect(folding(notifications, copy).into(id)).toMatchObject({
    ...letter,
    read: true,
    copyOf: id,
    isCopy: true,
  })
})
