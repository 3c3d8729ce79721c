import type { Static } from 'typebox'
import { decider, derivedId, Fields, Id, refuse } from '#kernel'
import { UserId } from '../shared/index.ts'

/** Stands for one user's following another. */
export const FollowId = Id('FollowId')
export type FollowId = Static<typeof FollowId>

/** Whom a command about this pair is addressed to. */
export const followIdOf = (followerId: UserId, followeeId: UserId): FollowId =>
  derivedId(FollowId, followerId, followeeId)

const pair = { followerId: UserId, followeeId: UserId }

type State = { readonly follows: boolean }

/** Whether one user wants to hear of another. */
export const follow = decider({
  name: 'follow',
  id: FollowId,
  commands: {
    FollowUser: Fields(pair, { description: 'Hear of another user from now on.' }),
    UnfollowUser: Fields(pair, { description: 'Hear of them no longer.' }),
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
