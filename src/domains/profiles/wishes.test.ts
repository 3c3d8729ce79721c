import { expect, test } from 'vitest'
import { initially } from './profile-messages.ts'
import { unwanted, type Telling } from './wishes.ts'

const mail: Telling = { channel: 'email' }
const inApp: Telling = { channel: 'in_app' }
const { preferences } = initially
const wishing = (channels: { inApp: boolean; email: boolean }, marketing = false) => ({
  status: 'active',
  preferences: { ...preferences, channels, marketing },
})

test('everybody wants to be told, by each channel, until they say otherwise', () => {
  for (const telling of [mail, inApp]) {
    expect(unwanted({ status: 'new' }, telling)).toBeUndefined()
    expect(unwanted({ status: 'active', preferences }, telling)).toBeUndefined()
  }
})

test('a channel that is off is not used, whatever is told', () => {
  expect(unwanted(wishing({ inApp: true, email: false }), mail)).toBe('channel')
  expect(unwanted(wishing({ inApp: true, email: false }), inApp)).toBeUndefined()
  expect(unwanted(wishing({ inApp: false, email: true }), inApp)).toBe('channel')
  expect(unwanted(wishing({ inApp: false, email: true }), mail)).toBeUndefined()
})

test('advertisements are for those who want some', () => {
  const open = { inApp: true, email: true }
  for (const telling of [mail, inApp]) {
    expect(unwanted({ status: 'new' }, { ...telling, marketing: true })).toBe('marketing')
    expect(unwanted(wishing(open, true), { ...telling, marketing: true })).toBeUndefined()
  }
})
