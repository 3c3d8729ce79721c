import { Fields, projection, Timestamp } from '#kernel'
import { like, LikeId } from '../domains/posts/language.ts'
import { PostId, UserId } from '../domains/shared/index.ts'

/** Likes of posts, with their time. */
export const likes = projection({
  name: 'likes',
  store: 'postgres',
  within: 2_000,
  document: Fields({ id: LikeId, postId: PostId, userId: UserId, at: Timestamp }),
  from: [like],
  key: 'id',
  beginsWith: [like],
  indexes: [['userId']],
}).rules({
  PostLiked: (_, { id, at, data }) => ({ id, ...data, at }),
  PostUnliked: () => undefined,
})
