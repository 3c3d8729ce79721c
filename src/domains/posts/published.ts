import { Type } from 'typebox'
import { Fields, personal, publishing } from '#kernel'
import { MediaId, PostId, UserId } from '../shared/index.ts'
import { comment, CommentId } from './comment.ts'
import { like } from './like.ts'
import { post } from './post.ts'

const ofPost = publishing(post)
const ofLike = publishing(like)
const ofComment = publishing(comment)

const body = Fields({
  postId: PostId,
  userId: UserId,
  content: Type.Optional(personal(Type.String())),
  mediaIds: Type.Array(MediaId),
})
const pair = Fields({ postId: PostId, userId: UserId })

/** Events of this context for other systems. */
export const published = [
  ofPost('PostCreated', {
    names: ['POST_CREATED'],
    data: body,
    of: ({ userId, content, mediaIds }, postId) => ({
      postId,
      userId,
      ...(content !== undefined && { content }),
      mediaIds,
    }),
  }),
  ofPost('PostUpdated', {
    names: ['POST_UPDATED'],
    data: body,
    of: ({ userId, content, mediaIds }, postId) => ({
      postId,
      userId,
      ...(content !== undefined && { content }),
      mediaIds,
    }),
  }),
  ofPost('PostDeleted', {
    names: ['POST_DELETED'],
    data: pair,
    of: ({ userId }, postId) => ({ postId, userId }),
  }),
  ofLike('PostLiked', {
    names: ['POST_LIKED'],
    data: pair,
    of: ({ postId, userId }) => ({ postId, userId }),
  }),
  ofLike('PostUnliked', {
    names: ['POST_UNLIKED'],
    data: pair,
    of: ({ postId, userId }) => ({ postId, userId }),
  }),
  ofComment('CommentCreated', {
    names: ['COMMENT_CREATED'],
    data: Fields({
      commentId: CommentId,
      postId: PostId,
      postAuthorId: UserId,
      userId: UserId,
      parentId: Type.Optional(CommentId),
      content: personal(Type.String()),
    }),
    of: ({ postId, postAuthorId, userId, parentId, content }, commentId) => ({
      commentId,
      postId,
      postAuthorId,
      userId,
      ...(parentId !== undefined && { parentId }),
      content,
    }),
  }),
  ofComment('CommentDeleted', {
    data: Fields({ commentId: CommentId, postId: PostId, userId: UserId }),
    of: ({ postId, userId }, commentId) => ({ commentId, postId, userId }),
  }),
]
