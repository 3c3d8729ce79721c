import { only, rest, saga, send } from '#kernel'
import { block, follow, followIdOf } from '../domains/profiles/language.ts'

/** Ends the follows between two users, in both directions, once one of them blocks the other. */
export const blocking = saga({
  name: 'blocking',
  subject: 'Blocking',
  from: [block],
  to: [only(follow, 'UnfollowUser')],
  key: ({ id }) => id,
}).rules<null>({
  initialState: null,
  on: {
    // The pair may block again later.
    UserBlocked: (_, { data: { blockerId, blockedId } }) => {
      const pairs = [
        { followerId: blockerId, followeeId: blockedId },
        { followerId: blockedId, followeeId: blockerId },
      ]
      return rest(
        null,
        ...pairs.map((pair) =>
          send(follow, followIdOf(pair.followerId, pair.followeeId), 'UnfollowUser', pair),
        ),
      )
    },
  },
})
