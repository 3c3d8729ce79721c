import { expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { follow, followIdOf } from './follow.ts'

const [ada, eve] = [derivedId(UserId, 'ada'), derivedId(UserId, 'eve')]
const data = { followerId: ada, followeeId: eve }
const [ask, stop] = [
  { type: 'FollowUser' as const, data },
  { type: 'UnfollowUser' as const, data },
]
const [followed, unfollowed] = [
  { type: 'UserFollowed' as const, data },
  { type: 'UserUnfollowed' as const, data },
]

test('a follow starts once', () => {
  given(follow).when(ask).yields(followed)
  given(follow, followed).when(ask).yields()
  given(follow, followed, unfollowed).when(ask).yields(followed)
})

test('a follow ends once', () => {
  given(follow).when(stop).yields()
  given(follow, followed).when(stop).yields(unfollowed)
  given(follow, followed, unfollowed).when(stop).yields()
})

test('a user cannot follow themselves', () =>
  given(follow)
    .when({ type: 'FollowUser', data: { followerId: ada, followeeId: ada } })
    .refuses('FollowsThemselves'))

test('a follow has one direction', () =>
  expect(followIdOf(ada, eve)).not.toBe(followIdOf(eve, ada)))
