import type { Static } from 'typebox'
import { decider, derivedId, Fields, Id, refuse, saysNo } from '#kernel'
import { UserId } from '../shared/index.ts'

/** Id of a follow: of one user by another. */
export const FollowId = Id('FollowId')
export type FollowId = Static<typeof FollowId>

/** Returns the id of a follow from its two users. */
export const followIdOf = (followerId: UserId, followeeId: UserId): FollowId =>
  derivedId(FollowId, followerId, followeeId)

const pair = { followerId: UserId, followeeId: UserId }

type State = {
  readonly follows: boolean
  /** Whether the followed user has agreed, so that the follower sees a private profile. */
  readonly accepted: boolean
  /** Whether the follower waits for the consent of the followed user. */
  readonly requested: boolean
}

const none: State = { follows: false, accepted: false, requested: false }

/** Whether one user follows another. Private users are asked first. */
export const follow = decider({
  name: 'follow',
  id: FollowId,
  commands: {
    FollowUser: Fields(pair, { description: 'Follow another user.' }),
    UnfollowUser: Fields(pair, { description: 'Unfollow a user, or withdraw the request to.' }),
    RequestFollow: Fields(pair, { description: 'Ask a private user for consent to follow.' }),
    AcceptFollow: Fields(pair, { description: 'Consent to be followed.' }),
    DeclineFollow: Fields(pair, { description: 'Decline to be followed.' }),
  },
  events: {
    UserFollowed: Fields(pair),
    UserUnfollowed: Fields(pair),
    FollowRequested: Fields(pair),
    FollowAccepted: Fields(pair),
    FollowDeclined: Fields(pair),
    FollowRequestWithdrawn: Fields(pair),
  },
  refusals: {
    FollowsThemselves: 'Nobody can follow themselves; choose somebody else.',
    NoSuchRequest: saysNo.notFound('There is no such request to follow you.'),
  },
}).rules<State>({
  initialState: none,
  stateVersion: 2,
  decide: {
    FollowUser: (data, { follows, requested }) => {
      if (data.followerId === data.followeeId) return refuse('FollowsThemselves')
      if (follows) return []
      // The user is no longer private.
      const withdrawn = { type: 'FollowRequestWithdrawn', data } as const
      return [...(requested ? [withdrawn] : []), { type: 'UserFollowed', data }]
    },
    UnfollowUser: (data, { follows, requested }) => [
      ...(requested ? [{ type: 'FollowRequestWithdrawn', data } as const] : []),
      ...(follows ? [{ type: 'UserUnfollowed', data } as const] : []),
    ],
    RequestFollow: (data, { accepted, requested }) => {
      if (data.followerId === data.followeeId) return refuse('FollowsThemselves')
      return accepted || requested ? [] : [{ type: 'FollowRequested', data }]
    },
    AcceptFollow: (data, { follows, accepted, requested }) => {
      if (accepted) return []
      if (!requested) return refuse('NoSuchRequest')
      return [
        ...(follows ? [] : [{ type: 'UserFollowed', data } as const]),
        { type: 'FollowAccepted', data },
      ]
    },
    DeclineFollow: (data, { requested }) =>
      requested ? [{ type: 'FollowDeclined', data }] : refuse('NoSuchRequest'),
  },
  evolve: {
    UserFollowed: (state) => ({ ...state, follows: true }),
    UserUnfollowed: (state) => ({ ...state, follows: false, accepted: false }),
    FollowRequested: (state) => ({ ...state, requested: true }),
    FollowAccepted: (state) => ({ ...state, accepted: true, requested: false }),
    FollowDeclined: (state) => ({ ...state, requested: false }),
    FollowRequestWithdrawn: (state) => ({ ...state, requested: false }),
  },
})
