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

test('a private user is asked once, and accepts or declines once', () => {
  const [request, accept, decline] = [
    { type: 'RequestFollow' as const, data },
    { type: 'AcceptFollow' as const, data },
    { type: 'DeclineFollow' as const, data },
  ]
  const [requested, accepted, declined, withdrawn] = [
    { type: 'FollowRequested' as const, data },
    { type: 'FollowAccepted' as const, data },
    { type: 'FollowDeclined' as const, data },
    { type: 'FollowRequestWithdrawn' as const, data },
  ]
  given(follow).when(request).yields(requested)
  given(follow, requested).when(request).yields()
  given(follow)
    .when({ type: 'RequestFollow', data: { followerId: ada, followeeId: ada } })
    .refuses('FollowsThemselves')

  given(follow, requested).when(accept).yields(followed, accepted)
  given(follow, followed, requested).when(accept).yields(accepted)
  given(follow, requested, followed, accepted).when(accept).yields()
  given(follow, requested, followed, accepted).when(request).yields()
  given(follow).when(accept).refuses('NoSuchRequest')
  given(follow, followed).when(accept).refuses('NoSuchRequest')

  given(follow, requested).when(decline).yields(declined)
  given(follow).when(decline).refuses('NoSuchRequest')
  given(follow, requested, declined).when(accept).refuses('NoSuchRequest')
  given(follow, requested, declined).when(request).yields(requested)
  given(follow, requested, followed, accepted).when(decline).refuses('NoSuchRequest')

  given(follow, requested).when(stop).yields(withdrawn)
  given(follow, requested, withdrawn).when(accept).refuses('NoSuchRequest')
  given(follow, followed, requested).when(stop).yields(withdrawn, unfollowed)
  given(follow, requested).when(ask).yields(withdrawn, followed)
  // A follow that has ended was accepted once only.
  given(follow, requested, followed, accepted, unfollowed).when(request).yields(requested)
})

test('a follow has one direction', () =>
  expect(followIdOf(ada, eve)).not.toBe(followIdOf(eve, ada)))
