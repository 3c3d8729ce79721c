import { describe, expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded, refusalOf } from '#kernel/testing'
import { account, email, emailIdOf, username, usernameIdOf } from '../domains/identity/language.ts'
import { notification } from '../domains/notifications/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { NotificationId, UserId } from '../domains/shared/index.ts'
import { farewell } from './farewell.ts'
import { renaming } from './renaming.ts'
import { selling } from './selling.ts'
import { welcome } from './welcome.ts'

const userId = derivedId(UserId, 'ada')
const ofAccount = (type: string, data: object) =>
  recorded(streamOf(account, userId), { type, data })
const ofProfile = (type: string, data: object) =>
  recorded(streamOf(profile, userId), { type, data })
const confirm = (name: string) => send(username, usernameIdOf(name), 'ConfirmUsername', { userId })
const release = (name: string) => send(username, usernameIdOf(name), 'ReleaseUsername', { userId })
const renamed = (from: string, to: string) =>
  ofProfile('UserUpdated', { username: to, previousUsername: from })

describe('whoever has registered', () => {
  test('gets a profile, and is welcomed in the app and by mail', () => {
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

describe('another username', () => {
  test('is theirs for good, and the old one is free', () =>
    expect(reacting(renaming).given().on(renamed('ada', 'countess')).steps).toEqual([
      confirm('countess'),
      release('ada'),
    ]))

  test('that is the same in another way of writing stays theirs', () =>
    expect(reacting(renaming).given().on(renamed('ada', 'Ada')).steps).toEqual([]))

  test('is no matter of other changes', () =>
    expect(
      reacting(renaming)
        .given()
        .on(ofProfile('UserUpdated', { bio: 'x' })).steps,
    ).toEqual([]))

  const lost = (name: string) => refusalOf(confirm(name), 'Taken')
  const back = (name: string) => send(profile, userId, 'UpdateProfile', { username: name })

  test('that somebody else has by now is given up for the old one', () =>
    expect(reacting(renaming).given(renamed('ada', 'countess')).on(lost('countess')).steps).toEqual(
      [back('ada')],
    ))

  test('is one that nobody else has when the old one is gone as well', () => {
    const past = [renamed('ada', 'countess'), lost('countess'), renamed('countess', 'ada')]
    const free = `user-${userId.replaceAll('-', '')}`
    expect(
      reacting(renaming)
        .given(...past)
        .on(lost('ada')).steps,
    ).toEqual([back(free)])
    const later = [...past, lost('ada'), renamed('ada', free), renamed(free, 'lady')]
    expect(
      reacting(renaming)
        .given(...later)
        .on(lost('lady')).steps,
    ).toEqual([back(free)])
  })

  test('is free when they leave meanwhile', () => {
    const left = ofProfile('UserDeleted', { username: 'countess' })
    expect(reacting(renaming).given(renamed('ada', 'countess')).on(left).steps).toEqual([
      release('countess'),
    ])
    expect(reacting(renaming).given().on(left).steps).toEqual([])
  })
})

test('who says what they are as a seller may sell, until somebody takes that away', () => {
  const activated = ofProfile('SellerProfileActivated', { displayName: 'Engines' })
  const again = ofProfile('SellerProfileActivated', { displayName: 'Better engines' })
  expect(reacting(selling).given().on(activated).steps).toEqual([
    send(account, userId, 'GrantRole', { role: 'seller' }),
  ])
  expect(reacting(selling).given(activated).on(again).steps).toEqual([])
})

describe('whoever leaves', () => {
  const closing = send(account, userId, 'CloseAccount', { reason: 'deleted' })
  const closed = ofAccount('AccountClosed', {
    reason: 'deleted',
    email: 'Ada@example.org',
    username: 'ada',
  })

  test('has their account closed, and their username is free', () => {
    const left = ofProfile('UserDeleted', { username: 'countess' })
    expect(reacting(farewell).given().on(left).steps).toEqual([closing, release('countess')])
    expect(reacting(farewell).given().on(ofProfile('UserDeleted', {})).steps).toEqual([closing])
  })

  test('by the end of the account has their profile deleted, and address and name are free', () =>
    expect(reacting(farewell).given().on(closed).steps).toEqual([
      send(email, emailIdOf('ada@example.org'), 'ReleaseEmail', { userId }),
      release('ada'),
      send(profile, userId, 'DeleteProfile'),
    ]))

  test('long ago, as accounts were closed without more words, has their profile deleted', () =>
    expect(
      reacting(farewell)
        .given()
        .on(ofAccount('AccountClosed', { reason: 'x' })).steps,
    ).toEqual([send(profile, userId, 'DeleteProfile')]))
})
