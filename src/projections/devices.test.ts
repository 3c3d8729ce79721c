import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { browserIdOf, device, phoneIdOf } from '../domains/notifications/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { devices } from './devices.ts'

const [ada, eve] = [derivedId(UserId, 'ada'), derivedId(UserId, 'eve')]
const at = '2030-01-07T08:00:00.000Z'
const endpoint = 'https://push.example/1'
const number = '+4915112345678'
const happened = (id: string) => (type: string, data: object) =>
  recorded(streamOf(device, id as never), { type, data }, { at })

test('a browser is that of the user who registered it last, until it is removed', () => {
  const id = browserIdOf(endpoint)
  const event = happened(id)
  const subscription = { endpoint, keys: { p256dh: 'key', auth: 'secret' } }
  const registered = [ada, eve].map((userId) => event('DeviceRegistered', { userId, subscription }))
  expect(folding(devices, ...registered).into(id)).toEqual({
    id,
    userId: eve,
    kind: 'webpush',
    endpoint,
    publicKey: 'key',
    auth: 'secret',
    confirmed: true,
    createdAt: at,
  })
  const removed = event('DeviceRemoved', { userId: eve, reason: 'gone' })
  expect(folding(devices, ...registered, removed).into(id)).toBeUndefined()
})

test('a telephone is not confirmed until its user has shown to have it', () => {
  const id = phoneIdOf(ada, number)
  const event = happened(id)
  const registered = event('DeviceRegistered', { userId: ada, number })
  expect(folding(devices, registered).into(id)).toEqual({
    id,
    userId: ada,
    kind: 'phone',
    number,
    confirmed: false,
    createdAt: at,
  })
  const confirmed = event('DeviceConfirmed', { userId: ada })
  expect(folding(devices, registered, confirmed).into(id)?.confirmed).toBe(true)
})
