import type { Static } from 'typebox'
import { decider, derivedId, Fields, Id } from '#kernel'
import { PostId, UserId } from '../shared/index.ts'

/** Id of a like: of one post by one user. */
export const LikeId = Id('LikeId')
export type LikeId = Static<typeof LikeId>

/** Returns the id of the like of a post by a user. */
export const likeIdOf = (postId: PostId, userId: UserId): LikeId =>
  derivedId(LikeId, 'like', postId, userId)

const pair = { postId: PostId, userId: UserId }

type State = { readonly likes: boolean }

/** Whether one user likes one post: a stream for each pair, so that likes of a post neither conflict nor wait for each other. */
export const like = decider({
  name: 'like',
  id: LikeId,
  commands: {
    LikePost: Fields(pair, { description: 'Like a post.' }),
    UnlikePost: Fields(pair, { description: 'Take back the like of a post.' }),
  },
  events: {
    PostLiked: Fields(pair),
    PostUnliked: Fields(pair),
  },
  refusals: {},
}).rules<State>({
  initialState: { likes: false },
  decide: {
    LikePost: (data, { likes }) => (likes ? [] : [{ type: 'PostLiked', data }]),
    UnlikePost: (data, { likes }) => (likes ? [{ type: 'PostUnliked', data }] : []),
  },
  evolve: {
    PostLiked: () => ({ likes: true }),
    PostUnliked: () => ({ likes: false }),
  },
})
