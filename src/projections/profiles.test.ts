import { describe, expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { account } from '../domains/identity/language.ts'
import { follow, followIdOf, initially, profile } from '../domains/profiles/language.ts'
import { MediaId, UserId } from '../domains/shared/index.ts'
import { profiles } from './profiles.ts'

const [id, eve] = [derivedId(UserId, 'ada'), derivedId(UserId, 'eve')]
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const person = { userId: id, username: 'ada', name: 'Ada' }
const ofAccount = (type: string, data: object = {}) =>
  recorded(streamOf(account, id), { type, data }, { at: monday })
const happened = (type: string, data: object = {}) =>
  recorded(streamOf(profile, id), { type, data }, { at: tuesday })
const registered = ofAccount('UserRegistered', {
  ...person,
  email: 'ada@example.org',
  roles: ['buyer'],
})
const created = happened('UserProfileCreated', person)
const followed = (type: string, followerId: UserId, followeeId: UserId) =>
  recorded(streamOf(follow, followIdOf(followerId, followeeId)), {
    type,
    data: { followerId, followeeId },
  })

const fresh = {
  id,
  username: 'ada',
  name: 'Ada',
  ...initially,
  suspended: false,
  followers: 0,
  following: 0,
  createdAt: monday,
  updatedAt: monday,
}

describe('a profile', () => {
  test('is created by the registration', () => {
    expect(folding(profiles, registered).into(id)).toEqual(fresh)
    expect(folding(profiles, registered, created).into(id)).toEqual(fresh)
    expect(folding(profiles, created).into(id)).toEqual({
      ...fresh,
      createdAt: tuesday,
      updatedAt: tuesday,
    })
  })

  test('has its current fields', () => {
    const avatarMediaId = derivedId(MediaId, 'portrait')
    const updated = happened('UserUpdated', {
      username: 'countess',
      previousUsername: 'ada',
      bio: 'Counts',
      avatarMediaId,
    })
    const now = { ...fresh, username: 'countess', updatedAt: tuesday }
    expect(folding(profiles, registered, updated).into(id)).toEqual({
      ...now,
      bio: 'Counts',
      avatarMediaId,
    })
    const bare = happened('UserUpdated', { name: null, bio: null, avatarMediaId: null })
    const { name: _, ...rest } = now
    expect(folding(profiles, registered, updated, bare).into(id)).toEqual(rest)
  })

  test('has preferences, settings and the seller', () => {
    const preferences = { ...initially.preferences, locale: 'de' }
    const settings = { ...initially.settings, theme: 'dark' }
    const seller = { displayName: 'Engines' }
    const events = [
      happened('UserPreferencesChanged', preferences),
      happened('UserSettingsChanged', settings),
      happened('SellerProfileActivated', seller),
    ]
    expect(folding(profiles, registered, ...events).into(id)).toEqual({
      ...fresh,
      preferences,
      settings,
      seller,
      updatedAt: tuesday,
    })
  })

  test('counts followers and followed users', () => {
    const events = [
      registered,
      followed('UserFollowed', eve, id),
      followed('UserFollowed', derivedId(UserId, 'bob'), id),
      followed('UserFollowed', id, eve),
      followed('UserUnfollowed', eve, id),
    ]
    const counts = (count: number) => {
      const { followers, following } = folding(profiles, ...events.slice(0, count)).into(id) ?? {}
      return [followers, following]
    }
    expect([2, 3, 4, 5].map(counts)).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
      [1, 1],
    ])
  })

  test('has whether the account is suspended', () => {
    const suspended = ofAccount('AccountSuspended', { reason: 'spam' })
    expect(folding(profiles, registered, suspended).into(id)?.suspended).toBe(true)
    const resumed = ofAccount('AccountResumed')
    expect(folding(profiles, registered, suspended, resumed).into(id)?.suspended).toBe(false)
  })

  test.each([happened('UserDeleted'), ofAccount('AccountClosed', { reason: 'x' })])(
    'is removed by $type, and not restored by late events',
    (gone) => {
      const late = [followed('UserFollowed', eve, id), ofAccount('AccountResumed')]
      expect(folding(profiles, registered, gone).into(id)).toBeUndefined()
      expect(folding(profiles, registered, gone, ...late).into(id)).toBeUndefined()
    },
  )
})
