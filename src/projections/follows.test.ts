import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { follow, followIdOf } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { followRequests } from './follow-requests.ts'
import { follows } from './follows.ts'

const data = { followerId: derivedId(UserId, 'ada'), followeeId: derivedId(UserId, 'eve') }
const id = followIdOf(data.followerId, data.followeeId)
const at = '2030-01-07T08:00:00.000Z'
const happened = (type: string) => recorded(streamOf(follow, id), { type, data }, { at })

test('a follow has a document until it ends', () => {
  const [followed, unfollowed] = [happened('UserFollowed'), happened('UserUnfollowed')]
  expect(folding(follows, followed).into(id)).toEqual({ id, ...data, at })
  expect(folding(follows, followed, unfollowed).into(id)).toBeUndefined()
  expect(folding(follows, followed, unfollowed, followed).into(id)).toEqual({ id, ...data, at })
})

test('an accepted follow is marked, until it ends', () => {
  const [requested, followed, accepted] = [
    happened('FollowRequested'),
    happened('UserFollowed'),
    happened('FollowAccepted'),
  ]
  const marked = { id, ...data, accepted: true, at }
  expect(folding(follows, requested, followed, accepted).into(id)).toEqual(marked)
  const unfollowed = happened('UserUnfollowed')
  expect(folding(follows, followed, accepted, unfollowed, followed).into(id)).toEqual({
    id,
    ...data,
    at,
  })
  expect(folding(follows, accepted).into(id)).toBeUndefined()
})

test.each(['FollowAccepted', 'FollowDeclined', 'FollowRequestWithdrawn'])(
  'a request to follow has a document until it ends: %s',
  (end) => {
    const requested = happened('FollowRequested')
    expect(folding(followRequests, requested).into(id)).toEqual({ id, ...data, at })
    expect(folding(followRequests, requested, happened(end)).into(id)).toBeUndefined()
  },
)
