import { expect, test } from 'vitest'
import { kinds as onServer } from '../../../src/domains/notifications/kinds.ts'
import type { Preferences } from './account-queries.ts'
import { changedKinds, channels, defaultChannels, kindsFor, uses } from './notification-kinds.ts'

const preferences: Preferences = {
  locale: 'en',
  channels: { inApp: true, email: true, push: true, sms: true },
  kinds: { order_shipped: { sms: true }, followed: { push: false } },
  marketing: false,
}

test('the kinds and their channels are those of the server', () => {
  const asNamed = Object.entries(onServer).map(([kind, { channels: used }]) => [
    kind,
    used.map((one) => (one === 'in_app' ? 'inApp' : one)),
  ])
  expect(defaultChannels).toStrictEqual(Object.fromEntries(asNamed))
})

test('kinds about the operation are for staff', () => {
  expect(kindsFor(['buyer'])).not.toContain('alert_raised')
  expect(kindsFor(['analyst'])).toContain('alert_raised')
})

test('a wish comes before the default', () => {
  expect(uses(preferences, 'order_shipped', 'sms')).toBe(true)
  expect(uses(preferences, 'order_shipped', 'email')).toBe(true)
  expect(uses(preferences, 'followed', 'push')).toBe(false)
  expect(uses(preferences, 'followed', 'email')).toBe(false)
})

test('only kinds that differ from their defaults are sent, and null for those that no longer do', () => {
  const shown = ['order_shipped', 'followed', 'mentioned'] as const
  const unchanged = changedKinds(preferences, shown, (kind, one) => uses(preferences, kind, one))
  expect(unchanged).toStrictEqual({
    order_shipped: { inApp: true, email: true, push: true, sms: true },
    followed: { inApp: true, email: false, push: false, sms: false },
  })
  expect(
    changedKinds(preferences, shown, (kind, one) => defaultChannels[kind].includes(one)),
  ).toStrictEqual({ order_shipped: null, followed: null })
  expect(channels).toHaveLength(4)
})
