import { Fields, projection, Timestamp } from '#kernel'
import { follow, FollowId } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** Requests to follow private users, until they are answered or withdrawn. */
export const followRequests = projection({
  name: 'follow_requests',
  store: 'postgres',
  within: 2_000,
  document: Fields({ id: FollowId, followerId: UserId, followeeId: UserId, at: Timestamp }),
  from: [follow],
  key: 'id',
  beginsWith: [follow],
  indexes: [['followeeId', 'at'], ['followerId']],
}).rules({
  FollowRequested: (_, { id, at, data }) => ({ id, ...data, at }),
  FollowAccepted: () => undefined,
  FollowDeclined: () => undefined,
  FollowRequestWithdrawn: () => undefined,
})
