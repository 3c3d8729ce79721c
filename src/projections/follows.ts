import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { follow, FollowId } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** Follows between users, with their time. */
export const follows = projection({
  name: 'follows',
  version: 2,
  store: 'postgres',
  within: 2_000,
  document: Fields({
    id: FollowId,
    followerId: UserId,
    followeeId: UserId,
    /** The followed user has agreed: the follower sees a private profile. */
    accepted: Type.Optional(Type.Literal(true)),
    at: Timestamp,
  }),
  from: [follow],
  key: 'id',
  beginsWith: [follow],
  indexes: [
    ['followerId', 'at'],
    ['followeeId', 'at'],
  ],
}).rules({
  UserFollowed: (_, { id, at, data }) => ({ id, ...data, at }),
  FollowAccepted: (document) => document && { ...document, accepted: true },
  UserUnfollowed: () => undefined,
})
