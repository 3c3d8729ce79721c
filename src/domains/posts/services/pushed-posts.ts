import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { asId, Fields, Timestamp, type DocumentOf, type RecordedEvent } from '#kernel'
import type { comments, posts } from '../../../projections/index.ts'
import type { ChannelPorts } from '../../../serving/channel-ports.ts'
import { Position, tell } from '../../../serving/message.ts'
import type { MessageOf } from '../../../serving/topic.ts'
import { PostId, UserId } from '../../shared/index.ts'
import { comment, CommentId, Mention } from '../language.ts'
import { Author, authorsNow, Post, postOf } from './shown-posts.ts'

const pushedPost = Fields({
  post: Fields({ ...Post.properties, author: Author }),
  position: Position,
})
const postCount = Fields({
  postId: PostId,
  likeCount: Type.Integer({ minimum: 0 }),
  position: Position,
})
const commentPlace = {
  id: CommentId,
  postId: PostId,
  parentId: Type.Optional(CommentId),
}

/** Messages of the server about posts. */
export const pushes = {
  'post:created': tell('A post of the feed that the socket follows.', pushedPost, ['PostCreated']),
  'post:updated': tell(
    'A post was edited. Of several changes, the latest text comes with each.',
    pushedPost,
    ['PostUpdated'],
  ),
  'post:deleted': tell('A post is gone.', Fields({ postId: PostId, position: Position }), [
    'PostDeleted',
  ]),
  'post:liked': tell(
    'The number of likes of a post, after another one: at most four times a second, the latest number always.',
    postCount,
    ['PostLiked'],
  ),
  'post:unliked': tell(
    'The number of likes of a post, after one was taken back; as often as `post:liked`, with which it alternates.',
    postCount,
    ['PostUnliked'],
  ),
  'comment:created': tell(
    'A post has another comment.',
    Fields({
      ...commentPlace,
      userId: UserId,
      author: Author,
      content: Type.String(),
      mentions: Type.Array(Mention),
      createdAt: Timestamp,
      position: Position,
    }),
    ['CommentCreated'],
  ),
  'comment:deleted': tell(
    'A comment of a post is gone. Its answers stay.',
    Fields({ ...commentPlace, position: Position }),
    ['CommentDeleted'],
  ),
}

/** A message of the server about a post. */
export type Pushed = MessageOf<typeof pushes>

/** A message about an event, with its position. */
export type PushedAt = Pushed & { readonly at: bigint }

type Document = DocumentOf<typeof posts>

/** Interval between the counts of a post, in ms. */
const countsEvery = 250

/**
 * Returns the push of the text of some posts, with the present names of their authors.
 * @param minPosition the names include all changes up to it
 */
export const postPushes = async (
  ports: Pick<ChannelPorts, 'readModels' | 'apiUrl'>,
  documents: readonly Document[],
  minPosition?: bigint,
): Promise<(name: 'post:created' | 'post:updated', document: Document, at: bigint) => PushedAt> => {
  const ids = documents.map(({ userId }) => userId)
  const authorOf = await authorsNow(ports.readModels, ids, minPosition)
  return (name, document, at) => ({
    name,
    payload: {
      post: {
        ...postOf(ports, document.id, document, document),
        author: authorOf(document.userId),
      },
      position: String(at),
    },
    at,
  })
}

/** Returns the push of the end of a post. */
export const deletedPush = (postId: PostId, at: bigint): PushedAt => ({
  name: 'post:deleted',
  payload: { postId, position: String(at) },
  at,
})

/** Returns the push of the number of likes: a state, of which only the latest is sent. */
export const countPush = (
  { id: postId, likeCount }: Document,
  { type, position }: Pick<RecordedEvent, 'type' | 'position'>,
) => ({
  name: type === 'PostLiked' ? ('post:liked' as const) : ('post:unliked' as const),
  payload: { postId, likeCount, position: String(position) },
  paced: { as: 'likes', every: countsEvery },
})

/**
 * Returns the pushes of new comments, with the present names of their authors.
 * @param documents the comments as they are now; one that is gone has no push
 */
export const commentPushes = async (
  readModels: ChannelPorts['readModels'],
  documents: readonly DocumentOf<typeof comments>[],
  minPosition?: bigint,
): Promise<(event: RecordedEvent) => PushedAt | undefined> => {
  const authors = documents.flatMap(({ userId }) => userId ?? [])
  const authorOf = await authorsNow(readModels, authors, minPosition)
  const byId = new Map<string, DocumentOf<typeof comments>>(documents.map((one) => [one.id, one]))
  return ({ id: commentId, position: at }) => {
    const found = byId.get(commentId)
    if (found?.userId === undefined || found.content === undefined) return undefined
    const { id, postId, parentId, userId, content, mentions, createdAt } = found
    return {
      name: 'comment:created',
      payload: {
        id,
        postId,
        ...(parentId !== undefined && { parentId }),
        userId,
        author: authorOf(userId),
        content,
        mentions: [...mentions],
        createdAt,
        position: String(at),
      },
      at,
    }
  }
}

/** Returns the push of the end of a comment; undefined for other events. */
export const deletedCommentPush = ({
  id,
  type,
  data,
  position: at,
}: RecordedEvent): PushedAt | undefined => {
  const { CommentDeleted } = comment.events
  if (type !== 'CommentDeleted' || !Check(CommentDeleted, data)) return undefined
  const { postId, parentId } = data
  return {
    name: 'comment:deleted',
    payload: {
      id: asId(CommentId, id),
      postId,
      ...(parentId !== undefined && { parentId }),
      position: String(at),
    },
    at,
  }
}
