import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { NotificationId, OrderId, UserId } from '../shared/index.ts'
import { notification, notificationIdOf } from './notification.ts'

const news = {
  userId: derivedId(UserId, 'ada'),
  channel: 'email' as const,
  type: 'order_confirmed',
  subject: 'Your order is confirmed',
  text: 'Your order of 2 × Lamp, 39.98 EUR, is confirmed.',
}
const request = { type: 'RequestNotification' as const, data: news }
const requested = { type: 'NotificationRequested' as const, data: news }
const sent = { type: 'NotificationSent' as const, data: {} }
const failed = { type: 'NotificationFailed' as const, data: { reason: 'no such mailbox' } }
const read = { type: 'NotificationRead' as const, data: {} }
const recordSent = { type: 'RecordSent' as const, data: {} }
const recordFailure = { type: 'RecordFailure' as const, data: { reason: 'no such mailbox' } }
const markRead = { type: 'MarkRead' as const, data: {} }
const forget = { type: 'ForgetNotification' as const, data: {} }
const forgotten = { type: 'NotificationForgotten' as const, data: {} }

const into = derivedId(NotificationId, 'another')

describe('a notification', () => {
  test('by mail is requested once, and is pending', () => {
    given(notification).when(request).yields(requested)
    given(notification, requested).when(request).yields()
  })

  test('in the app is sent with its request', () => {
    const data = { ...news, channel: 'in_app' as const }
    given(notification)
      .when({ ...request, data })
      .yields({ ...requested, data }, sent)
  })

  test('is sent once', () => {
    given(notification, requested).when(recordSent).yields(sent)
    given(notification, requested, sent).when(recordSent).yields()
  })

  test('fails once, and not after it was sent', () => {
    given(notification, requested).when(recordFailure).yields(failed)
    given(notification, requested, failed).when(recordFailure).yields()
    given(notification, requested, sent).when(recordFailure).yields()
  })

  test('may be sent after it had failed', () =>
    given(notification, requested, failed).when(recordSent).yields(sent))

  test('is skipped once, and not after it was sent', () => {
    const skip = { type: 'RecordSkipped' as const, data: { unwanted: 'channel' as const } }
    const skipped = { type: 'NotificationSkipped' as const, data: skip.data }
    given(notification, requested).when(skip).yields(skipped)
    given(notification, requested, skipped).when(skip).yields()
    given(notification, requested, sent).when(skip).yields()
    given(notification, requested, skipped).when(recordFailure).yields()
    given(notification, requested, skipped).when(markRead).yields(read)
    given(notification).when(skip).refuses('NoSuchNotification')
  })

  test('is delayed once, and released or gathered into another one', () => {
    const until = '2030-01-08T06:00:00.000Z'
    const delay = { type: 'DelayNotification' as const, data: { until } }
    const delayed = { type: 'NotificationDelayed' as const, data: { until } }
    const release = { type: 'ReleaseNotification' as const, data: { count: 3 } }
    const released = {
      type: 'NotificationReleased' as const,
      data: { channel: 'email' as const, count: 3 },
    }
    const gather = { type: 'GatherNotification' as const, data: { into } }
    const gathered = { type: 'NotificationGathered' as const, data: { into } }
    given(notification, requested).when(delay).yields(delayed)
    given(notification, requested, delayed).when(delay).yields()
    given(notification, requested, sent).when(delay).yields()
    given(notification, requested, delayed).when(release).yields(released)
    given(notification, requested, delayed, released).when(release).yields()
    given(notification, requested, delayed, released).when(recordSent).yields(sent)
    given(notification, requested, delayed, released).when(delay).yields(delayed)
    given(notification, requested, delayed).when(gather).yields(gathered)
    given(notification, requested, delayed, gathered).when(release).yields()
    given(notification, requested).when(release).yields()
    given(notification, requested).when(gather).yields()
    given(notification, requested, delayed).when(recordFailure).yields(failed)
    given(notification, requested, failed).when(delay).yields(delayed)
    given(notification, requested, delayed, forgotten).when(release).yields()
  })

  test('that brings another one to a device is read from the beginning', () => {
    const copy = { ...requested, data: { ...news, channel: 'push' as const, copyOf: into } }
    given(notification, copy, sent).when(markRead).yields()
  })

  test('is read once', () => {
    given(notification, requested, sent).when(markRead).yields(read)
    given(notification, requested, sent, read).when(markRead).yields()
  })

  test('is forgotten for good', () => {
    given(notification, requested, sent).when(forget).yields(forgotten)
    given(notification, requested, forgotten).when(forget).yields()
    given(notification, requested, forgotten).when(request).yields()
    given(notification, requested, forgotten, sent).when(forget).yields()
    given(notification, requested, forgotten).when(recordSent).yields()
    given(notification, requested, forgotten).when(recordFailure).yields()
    given(notification, requested, forgotten).when(markRead).refuses('NoSuchNotification')
  })

  test('is not created by a request after it was forgotten', () => {
    given(notification).when(forget).yields(forgotten)
    given(notification, forgotten).when(request).yields()
    given(notification, forgotten).when(forget).yields()
    given(notification, forgotten).when(recordFailure).yields()
  })

  test('must exist to be sent or read', () => {
    for (const command of [recordSent, recordFailure, markRead])
      given(notification).when(command).refuses('NoSuchNotification')
  })
})

test('the id depends on order, type and channel only', () => {
  const orderId = derivedId(OrderId, 'order')
  const id = notificationIdOf(orderId, 'order_confirmed', 'email')
  expect(notificationIdOf(orderId, 'order_confirmed', 'email')).toBe(id)
  expect(notificationIdOf(orderId, 'order_confirmed', 'in_app')).not.toBe(id)
  expect(notificationIdOf(orderId, 'order_cancelled', 'email')).not.toBe(id)
})
