import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { followNewsIdOf } from '../domains/notifications/language.ts'
import { follow, followIdOf } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { following } from './following.ts'

const [ada, bob] = [derivedId(UserId, 'ada'), derivedId(UserId, 'bob')]
const data = { followerId: bob, followeeId: ada }
const happened = (type: string) => recorded(streamOf(follow, followIdOf(bob, ada)), { type, data })
/** Users who are notified, and of what. */
const newsOf = (type: string) =>
  reacting(following)
    .given()
    .on(happened(type))
    .steps.map(({ id, command }) => [id, command.data])

test.each([
  ['FollowRequested', ada, 'follow_requested'],
  ['FollowAccepted', bob, 'follow_accepted'],
  ['UserFollowed', ada, 'followed'],
] as const)('%s is news', (type, userId, kind) =>
  expect(newsOf(type)).toMatchObject([
    [followNewsIdOf([bob, ada], kind), { userId, type: kind, channel: 'in_app' }],
  ]),
)

test('a follower who has asked is no news', () =>
  expect(
    reacting(following)
      .given(happened('FollowRequested'), happened('FollowAccepted'))
      .on(happened('UserFollowed')).steps,
  ).toEqual([]))

test.each(['UserUnfollowed', 'FollowDeclined'])('%s is none', (type) =>
  expect(newsOf(type)).toEqual([]),
)
