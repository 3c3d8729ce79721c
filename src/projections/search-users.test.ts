import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { account } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { searchUsers } from './search-users.ts'

const id = derivedId(UserId, 'ada')
const monday = '2030-01-07T08:00:00.000Z'
const person = { userId: id, username: 'ada', name: 'Ada' }
const ofAccount = (type: string, data: object = {}) =>
  recorded(streamOf(account, id), { type, data }, { at: monday })
const happened = (type: string, data: object = {}) =>
  recorded(streamOf(profile, id), { type, data }, { at: monday })
const registered = ofAccount('UserRegistered', {
  ...person,
  email: 'ada@example.org',
  roles: ['buyer'],
})
const updated = happened('UserUpdated', { name: 'Ada King', bio: 'Counts' })
const private_ = happened('UserPrivacyChanged', { privacy: 'private' })

test('a user is searched from the registration on', () => {
  const document = {
    id,
    username: 'ada',
    name: 'Ada',
    publicName: 'Ada',
    privacy: 'public',
    suspended: false,
    createdAt: monday,
  }
  expect(folding(searchUsers, registered).into(id)).toEqual(document)
  expect(folding(searchUsers, happened('UserProfileCreated', person)).into(id)).toEqual(document)
})

test('name and bio are searched in their current form, while the profile is public', () => {
  expect(folding(searchUsers, registered, updated).into(id)).toMatchObject({
    publicName: 'Ada King',
    publicBio: 'Counts',
  })
  const hidden = folding(searchUsers, registered, private_, updated).into(id)
  expect(hidden).not.toHaveProperty('publicName')
  expect(hidden).not.toHaveProperty('publicBio')
  const shown = happened('UserPrivacyChanged', { privacy: 'public' })
  expect(folding(searchUsers, registered, private_, updated, shown).into(id)).toMatchObject({
    publicName: 'Ada King',
    publicBio: 'Counts',
  })
  const without = happened('UserUpdated', { name: null, bio: null })
  const bare = folding(searchUsers, registered, updated, without).into(id)
  for (const field of ['name', 'bio', 'publicName', 'publicBio'])
    expect(bare).not.toHaveProperty(field)
})

test('suspension is marked; a user who leaves is removed', () => {
  const suspended = ofAccount('AccountSuspended', { reason: 'spam' })
  const resumed = ofAccount('AccountResumed')
  expect(folding(searchUsers, registered, suspended).into(id)?.suspended).toBe(true)
  expect(folding(searchUsers, registered, suspended, resumed).into(id)?.suspended).toBe(false)
  expect(
    folding(searchUsers, registered, ofAccount('AccountClosed', { reason: 'left' })).into(id),
  ).toBeUndefined()
  expect(folding(searchUsers, registered, happened('UserDeleted')).into(id)).toBeUndefined()
})
