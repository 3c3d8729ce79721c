import { Type, type Static } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { comment, CommentId, Mentions } from '../domains/posts/language.ts'
import { PostId, Text, UserId } from '../domains/shared/index.ts'

const Comment = Fields({
  id: CommentId,
  postId: PostId,
  /** The comment that it answers. */
  parentId: Type.Optional(CommentId),
  /** Absent, as the text, in a deleted comment that has answers. */
  userId: Type.Optional(UserId),
  content: Type.Optional(personal(Text(1, 2_000))),
  mentions: Mentions,
  /** Number of answers to it. */
  answers: Type.Integer({ minimum: 0 }),
  createdAt: Timestamp,
})
type Comment = Static<typeof Comment>

/** Comments of posts. A deleted one stays without author and text while it has answers. */
export const comments = projection({
  name: 'comments',
  store: 'postgres',
  within: 2_000,
  document: Comment,
  from: [comment],
  key: ({ id, data: { parentId } }) => (parentId === undefined ? id : [id, parentId]),
  indexes: [['postId', 'createdAt'], ['parentId', 'createdAt'], ['userId']],
}).rules({
  CommentCreated: (document, { id, data }, key) => {
    if (key !== id) return document && { ...document, answers: document.answers + 1 }
    const { postAuthorId: _, ...comment } = data
    return { id, ...comment, answers: 0 }
  },
  CommentDeleted: (document, { id }, key) => {
    if (!document) return undefined
    return remaining(
      key === id ? emptied(document) : { ...document, answers: document.answers - 1 },
    )
  },
})

const emptied = (document: Comment): Comment => {
  const { userId: _, content: __, ...rest } = document
  return { ...rest, mentions: [] }
}

/** Removes a deleted comment without answers. */
const remaining = (document: Comment): Comment | undefined =>
  document.userId === undefined && document.answers === 0 ? undefined : document
