import type { Static } from 'typebox'
import { decider, refuse } from '#kernel'
import { PostId, type UserId } from '../shared/index.ts'
import { mediaChange, mediaEnd } from '../shared/media-change.ts'
import { postCommands, postEvents, postRefusals } from './post-messages.ts'
import { tagsIn } from './text-parts.ts'

/** A post that exists. */
export type PresentPost = Static<(typeof postEvents)['PostCreated']> & {
  readonly status: 'present'
  /** Time of the last change of its author, if any. */
  readonly editedAt?: string
}

type State =
  | { readonly status: 'none' }
  | PresentPost
  | { readonly status: 'deleted'; readonly userId: UserId }

type Body = Static<(typeof postCommands)['UpdatePost']>

/** A post: a text, files, or both. Its likes and comments are streams of their own. Its text is sealed with the key of its author. */
export const post = decider({
  name: 'post',
  id: PostId,
  commands: postCommands,
  events: postEvents,
  refusals: postRefusals,
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    CreatePost: ({ userId, ...body }, { status }, { now }) => {
      if (status !== 'none') return []
      if (isEmpty(body)) return refuse('EmptyPost')
      return [{ type: 'PostCreated', data: { userId, ...recorded(body), createdAt: now } }]
    },

    UpdatePost: (body, state, { now }) => {
      if (state.status !== 'present') return refuse('NoSuchPost')
      if (isEmpty(body)) return refuse('EmptyPost')
      const { userId, content, mediaIds } = state
      const isSame = body.content === content && body.mediaIds.join() === mediaIds.join()
      if (isSame) return []
      const files = mediaChange(mediaIds, body.mediaIds)
      return [
        ...(files ? [{ type: 'PostMediaChanged' as const, data: files }] : []),
        { type: 'PostUpdated', data: { userId, ...recorded(body), editedAt: now } },
      ]
    },

    DeletePost: (_, state) => {
      if (state.status === 'none') return refuse('NoSuchPost')
      if (state.status === 'deleted') return []
      const files = mediaEnd(state.mediaIds)
      return [
        ...(files ? [{ type: 'PostMediaChanged' as const, data: files }] : []),
        { type: 'PostDeleted', data: { userId: state.userId } },
      ]
    },
  },

  evolve: {
    PostCreated: (_, data) => ({ status: 'present', ...data }),
    PostUpdated: (state, data) =>
      state.status === 'present'
        ? { status: 'present', createdAt: state.createdAt, ...data }
        : state,
    PostDeleted: (_, { userId }) => ({ status: 'deleted', userId }),
    PostMediaChanged: (state) => state,
  },
})

const isEmpty = ({ content, mediaIds }: Body): boolean =>
  content === undefined && mediaIds.length === 0

const recorded = (body: Body) => ({ ...body, tags: tagsIn(body.content ?? '') })
