import { expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { browserIdOf, device, phoneIdOf } from './device.ts'

const [ada, eve] = [derivedId(UserId, 'ada'), derivedId(UserId, 'eve')]
const subscription = {
  endpoint: 'https://push.example/send/a',
  keys: { p256dh: 'B'.repeat(87), auth: 'B'.repeat(22) },
}
const number = '+4915112345678'
const browser = (userId = ada) => ({ userId, subscription })
const registered = (userId = ada) => ({
  type: 'DeviceRegistered' as const,
  data: browser(userId),
})
const phone = { type: 'DeviceRegistered' as const, data: { userId: ada, number } }
const confirmed = { type: 'DeviceConfirmed' as const, data: { userId: ada } }
const remove = (userId = ada) => ({
  type: 'RemoveDevice' as const,
  data: { userId, reason: 'removed' as const },
})
const removed = { type: 'DeviceRemoved' as const, data: remove().data }

test('a browser is registered once, anew with other keys, and belongs to its last user', () => {
  const register = (userId = ada) => ({ type: 'RegisterBrowser' as const, data: browser(userId) })
  given(device).when(register()).yields(registered())
  given(device, registered()).when(register()).yields()
  given(device, registered()).when(register(eve)).yields(registered(eve))
  given(device, registered(), removed).when(register()).yields(registered())
  const keys = { ...subscription.keys, auth: 'AAAAAAAAAAAAAAAAAAAAAA' }
  const data = { ...browser(), subscription: { ...subscription, keys } }
  given(device, registered())
    .when({ type: 'RegisterBrowser', data })
    .yields({ type: 'DeviceRegistered', data })
})

test('a telephone is confirmed once, by its user', () => {
  const register = { type: 'RegisterPhone' as const, data: { userId: ada, number } }
  const confirm = (userId = ada) => ({ type: 'ConfirmPhone' as const, data: { userId } })
  given(device).when(register).yields(phone)
  given(device, phone).when(register).yields(phone)
  given(device, phone, confirmed).when(register).yields()
  given(device, phone).when(confirm()).yields(confirmed)
  given(device, phone, confirmed).when(confirm()).yields()
  given(device, phone).when(confirm(eve)).refuses('NoSuchDevice')
  given(device).when(confirm()).refuses('NoSuchDevice')
  given(device, phone, removed).when(confirm()).refuses('NoSuchDevice')
})

test('a device is removed once, and not when somebody else has it by now', () => {
  given(device, registered()).when(remove()).yields(removed)
  given(device, registered(), removed).when(remove()).yields()
  given(device, registered(), registered(eve)).when(remove()).yields()
  given(device).when(remove()).yields()
})

test('the id of a browser follows from its endpoint, that of a telephone from its user as well', () => {
  expect(browserIdOf('https://push.example/1')).not.toBe(browserIdOf('https://push.example/2'))
  expect(phoneIdOf(ada, number)).not.toBe(phoneIdOf(eve, number))
})
