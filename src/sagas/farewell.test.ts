import { describe, expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { account, email, emailIdOf, username, usernameIdOf } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { farewell } from './farewell.ts'

const userId = derivedId(UserId, 'ada')
const ofAccount = (type: string, data: object) =>
  recorded(streamOf(account, userId), { type, data })
const ofProfile = (type: string, data: object) =>
  recorded(streamOf(profile, userId), { type, data })
const release = (name: string) => send(username, usernameIdOf(name), 'ReleaseUsername', { userId })

describe('a user who leaves', () => {
  const closing = send(account, userId, 'CloseAccount', { reason: 'deleted' })
  const closed = ofAccount('AccountClosed', {
    reason: 'deleted',
    email: 'Ada@example.org',
    username: 'ada',
  })

  test('by a deleted profile has their account closed and their username released', () => {
    const left = ofProfile('UserDeleted', { username: 'countess' })
    expect(reacting(farewell).given().on(left).steps).toEqual([closing, release('countess')])
    expect(reacting(farewell).given().on(ofProfile('UserDeleted', {})).steps).toEqual([closing])
  })

  test('by a closed account has their profile deleted, and address and username released', () =>
    expect(reacting(farewell).given().on(closed).steps).toEqual([
      send(email, emailIdOf('ada@example.org'), 'ReleaseEmail', { userId }),
      release('ada'),
      send(profile, userId, 'DeleteProfile'),
    ]))

  test('by an older event without address and username has their profile deleted', () =>
    expect(
      reacting(farewell)
        .given()
        .on(ofAccount('AccountClosed', { reason: 'x' })).steps,
    ).toEqual([send(profile, userId, 'DeleteProfile')]))
})
