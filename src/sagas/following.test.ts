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
const run = reacting(following)
/** Users who are notified, and of what. */
const newsOf = (before: readonly string[], type: string) =>
  run
    .given(...before.map(happened))
    .on(happened(type))
    .steps.map(({ id, command }) => [id, command.data])

test.each([
  ['FollowRequested', [], ada, 'follow_requested'],
  ['UserFollowed', [], ada, 'followed'],
  ['FollowAccepted', ['FollowRequested', 'UserFollowed'], bob, 'follow_accepted'],
  ['UserFollowed', ['FollowRequested', 'FollowDeclined'], ada, 'followed'],
  ['UserFollowed', ['FollowRequested', 'FollowRequestWithdrawn'], ada, 'followed'],
] as const)('%s after %j is news', (type, before, userId, kind) =>
  expect(newsOf(before, type)).toMatchObject([
    [followNewsIdOf([bob, ada], kind), { userId, type: kind, channel: 'in_app' }],
  ]),
)

test('a follow that was asked for is no news to the user who has accepted it', () =>
  expect(newsOf(['FollowRequested'], 'UserFollowed')).toEqual([]))
