import { describe, expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { account } from '../domains/identity/language.ts'
import { notification } from '../domains/notifications/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { NotificationId, UserId } from '../domains/shared/index.ts'
import { welcome } from './welcome.ts'

const userId = derivedId(UserId, 'ada')
const ofAccount = (type: string, data: object) =>
  recorded(streamOf(account, userId), { type, data })

describe('a new account', () => {
  test('gets a profile, and a welcome in the app and by mail', () => {
    const person = { userId, username: 'Ada', name: 'Ada' }
    const registered = ofAccount('UserRegistered', {
      ...person,
      email: 'ada@example.org',
      roles: ['buyer'],
    })
    const { steps, ended } = reacting(welcome).given().on(registered)
    expect(ended).toBe(true)
    expect(steps[0]).toEqual(send(profile, userId, 'CreateProfile', person))
    expect(steps.slice(1)).toMatchObject(
      ['in_app', 'email'].map((channel) => ({
        to: notification.name,
        id: derivedId(NotificationId, userId, 'welcome', channel),
        command: { type: 'RequestNotification', data: { userId, channel, type: 'welcome' } },
      })),
    )
  })
})
