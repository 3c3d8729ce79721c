import { Type, type Static } from 'typebox'
import { decider, Fields, Id, personal, refuse, saysNo, Timestamp } from '#kernel'
import { Paragraphs, PostId, Text, UserId } from '../shared/index.ts'
import { Mentions } from './post-messages.ts'

/** Id of a comment. */
export const CommentId = Id('CommentId')
export type CommentId = Static<typeof CommentId>

/** Maximum length of a comment, in characters. */
const maxLength = 2_000

/** The text of a comment. */
export const CommentContent = Paragraphs(1, maxLength)

const place = {
  postId: PostId,
  /** The comment that it answers. */
  parentId: Type.Optional(CommentId),
}

const facts = { ...place, postAuthorId: UserId, userId: UserId, mentions: Mentions }

/** A comment that exists. */
type PresentComment = {
  readonly status: 'present'
  readonly postId: PostId
  readonly parentId?: CommentId
  readonly userId: UserId
  readonly createdAt: string
}

type State =
  | { readonly status: 'none' }
  | PresentComment
  | { readonly status: 'deleted'; readonly postId: PostId; readonly userId: UserId }

/** A comment of a post, or an answer to a comment. Its text is sealed with the key of its author. */
export const comment = decider({
  name: 'comment',
  id: CommentId,

  commands: {
    CreateComment: Fields(
      { ...facts, content: CommentContent },
      { description: 'Comment on a post, or answer a comment.' },
    ),
    DeleteComment: Fields({}, { description: 'Delete a comment.' }),
  },

  events: {
    CommentCreated: Fields({
      ...facts,
      content: personal(Text(1, maxLength)),
      createdAt: Timestamp,
    }),
    CommentDeleted: Fields({ ...place, userId: UserId }),
  },

  refusals: { NoSuchComment: saysNo.notFound('There is no such comment.') },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    CreateComment: (data, { status }, { now }) =>
      status === 'none' ? [{ type: 'CommentCreated', data: { ...data, createdAt: now } }] : [],
    DeleteComment: (_, state) => {
      if (state.status === 'none') return refuse('NoSuchComment')
      if (state.status === 'deleted') return []
      const { postId, parentId, userId } = state
      return [
        {
          type: 'CommentDeleted',
          data: { postId, userId, ...(parentId !== undefined && { parentId }) },
        },
      ]
    },
  },

  evolve: {
    CommentCreated: (_, { postId, parentId, userId, createdAt }) => ({
      status: 'present',
      postId,
      ...(parentId !== undefined && { parentId }),
      userId,
      createdAt,
    }),
    CommentDeleted: (_, { postId, userId }) => ({ status: 'deleted', postId, userId }),
  },
})
