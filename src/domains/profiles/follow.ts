import type { Static } from 'typebox'
import { decider, derivedId, Fields, Id, refuse } from '#kernel'
import { UserId } from '../shared/index.ts'

/** Id of a follow: of one user by another. */
export const FollowId = Id('FollowId')
export type FollowId = Static<typeof FollowId>

/** Returns the id of a follow from its two users. */
export const followIdOf = (followerId: UserId, followeeId: UserId): FollowId =>
  derivedId(FollowId, followerId, followeeId)

const pair = { followerId: UserId, followeeId: UserId }

type State = { readonly follows: boolean }

/** Whether one user follows another. */
export const follow = decider({
  name: 'follow',
  id: FollowId,
  commands: {
    FollowUser: Fields(pair, { description: 'Follow another user.' }),
    UnfollowUser: Fields(pair, { description: 'Unfollow a user.' }),
  },
  events: {
    UserFollowed: Fields(pair),
    UserUnfollowed: Fields(pair),
  },
  refusals: { FollowsThemselves: 'Nobody can follow themselves; choose somebody else.' },
}).rules<State>({
  initialState: { follows: false },
  decide: {
    FollowUser: (data, { follows }) => {
      if (data.followerId === data.followeeId) return refuse('FollowsThemselves')
      return follows ? [] : [{ type: 'UserFollowed', data }]
    },
    UnfollowUser: (data, { follows }) => (follows ? [{ type: 'UserUnfollowed', data }] : []),
  },
  evolve: {
    UserFollowed: () => ({ follows: true }),
    UserUnfollowed: () => ({ follows: false }),
  },
})
