import { Type, type Static } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { comment, like, Mentions, post, PostMedia, Tags } from '../domains/posts/language.ts'
import { PostId, Text, UserId } from '../domains/shared/index.ts'

const Count = Type.Integer({ minimum: 0 })

const Post = Fields({
  id: PostId,
  userId: UserId,
  /** Absent in posts of files alone. */
  content: Type.Optional(personal(Text(1, 5_000))),
  mediaIds: PostMedia,
  tags: Tags,
  mentions: Mentions,
  likeCount: Count,
  commentCount: Count,
  createdAt: Timestamp,
  /** Time of its author's last change, if any. */
  editedAt: Type.Optional(Timestamp),
})
type Post = Static<typeof Post>

/** Posts with the exact numbers of their likes and comments: each event of a like or comment changes them by one. */
export const posts = projection({
  name: 'posts',
  store: 'postgres',
  within: 2_000,
  document: Post,
  from: [post, like, comment],
  key: { field: 'postId', except: [] },
  beginsWith: [post],
  indexes: [['userId', 'createdAt']],
}).rules({
  PostCreated: (_, { id, data }) => ({ id, ...data, likeCount: 0, commentCount: 0 }),
  PostUpdated: (document, { data }) => {
    if (!document) return undefined
    const { content: _, ...rest } = document
    return { ...rest, ...data }
  },
  PostDeleted: () => undefined,
  PostLiked: (document) => counted(document, 'likeCount', 1),
  PostUnliked: (document) => counted(document, 'likeCount', -1),
  CommentCreated: (document) => counted(document, 'commentCount', 1),
  CommentDeleted: (document) => counted(document, 'commentCount', -1),
})

const counted = (
  document: Post | undefined,
  count: 'likeCount' | 'commentCount',
  by: 1 | -1,
): Post | undefined => document && { ...document, [count]: document[count] + by }
