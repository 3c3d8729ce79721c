import { expect, test } from 'vitest'
import { initially } from './profile-messages.ts'
import { unwanted, type NotificationKind } from './wishes.ts'

const mail: NotificationKind = { channel: 'email' }
const inApp: NotificationKind = { channel: 'in_app' }
const { preferences } = initially
const wishing = (channels: { inApp: boolean; email: boolean }, marketing = false) => ({
  status: 'active',
  preferences: { ...preferences, channels, marketing },
})

test('the initial preferences allow every channel', () => {
  for (const telling of [mail, inApp]) {
    expect(unwanted({ status: 'new' }, telling)).toBeUndefined()
    expect(unwanted({ status: 'active', preferences }, telling)).toBeUndefined()
  }
})

test('a disabled channel excludes every notification', () => {
  expect(unwanted(wishing({ inApp: true, email: false }), mail)).toBe('channel')
  expect(unwanted(wishing({ inApp: true, email: false }), inApp)).toBeUndefined()
  expect(unwanted(wishing({ inApp: false, email: true }), inApp)).toBe('channel')
  expect(unwanted(wishing({ inApp: false, email: true }), mail)).toBeUndefined()
})

test('advertisements need the preference for them', () => {
  const open = { inApp: true, email: true }
  for (const telling of [mail, inApp]) {
    expect(unwanted({ status: 'new' }, { ...telling, marketing: true })).toBe('marketing')
    expect(unwanted(wishing(open, true), { ...telling, marketing: true })).toBeUndefined()
  }
})
