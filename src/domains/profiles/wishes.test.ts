import { expect, test } from 'vitest'
import { initially } from './profile-messages.ts'
import { unwanted, type NotificationKind } from './wishes.ts'

const channels = ['in_app', 'email', 'push', 'sms'] as const
const mail: NotificationKind = { channel: 'email' }
const inApp: NotificationKind = { channel: 'in_app' }
const { preferences } = initially
const wishing = (wished: Partial<typeof preferences.channels>, marketing = false) => ({
  status: 'active',
  preferences: { ...preferences, channels: { ...preferences.channels, ...wished }, marketing },
})

test('the initial preferences allow every channel', () => {
  for (const channel of channels) {
    expect(unwanted({ status: 'new' }, { channel })).toBeUndefined()
    expect(unwanted({ status: 'active', preferences }, { channel })).toBeUndefined()
  }
})

test('a disabled channel excludes every notification', () => {
  expect(unwanted(wishing({ email: false }), mail)).toBe('channel')
  expect(unwanted(wishing({ email: false }), inApp)).toBeUndefined()
  expect(unwanted(wishing({ inApp: false }), inApp)).toBe('channel')
  expect(unwanted(wishing({ inApp: false }), mail)).toBeUndefined()
  expect(unwanted(wishing({ push: false }), { channel: 'push' })).toBe('channel')
  expect(unwanted(wishing({ sms: false }), { channel: 'sms' })).toBe('channel')
})

test('a kind uses the channels of its default, unless the user wishes otherwise', () => {
  const push = { channel: 'push' as const, type: 'mentioned' }
  const wishes = (wish: boolean) => ({
    status: 'active',
    preferences: { ...preferences, kinds: { mentioned: { push: wish } } },
  })
  expect(unwanted({ status: 'new' }, { ...push, isDefault: false })).toBe('kind')
  expect(unwanted({ status: 'new' }, { ...push, isDefault: true })).toBeUndefined()
  expect(unwanted(wishes(false), push)).toBe('kind')
  expect(unwanted(wishes(true), { ...push, isDefault: false })).toBeUndefined()
  expect(unwanted(wishes(false), { ...push, type: 'followed' })).toBeUndefined()
  expect(unwanted(wishes(false), { ...push, channel: 'in_app' })).toBeUndefined()
})

test('advertisements need the preference for them', () => {
  for (const channel of channels) {
    const telling = { channel, marketing: true as const }
    expect(unwanted({ status: 'new' }, telling)).toBe('marketing')
    expect(unwanted(wishing({}, true), telling)).toBeUndefined()
  }
})
