import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { posts } from '../../../projections/index.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { restingOn } from '../../../runtime/resting-on.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { Ports } from '../../../serving/ports.ts'
import { notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { mustBeHere } from '../../profiles/services/contact.ts'
import { like, likeIdOf } from '../language.ts'
import { PostId } from '../../shared/index.ts'
import { readablePost } from '../services/readable-post.ts'

const params = Fields({ id: PostId })

const Liked = Type.Object({
  liked: Type.Boolean({ description: 'Whether the caller likes the post' }),
  likeCount: Type.Integer({ description: 'Number of all likes, this one included' }),
})

/** A request of a like. */
type Asked = {
  readonly params: { readonly id: PostId }
  readonly caller: Caller
  readonly origin: Origin
}

/**
 * Changes the like of a post by the caller, and counts the likes up to it.
 * @throws Problem 404 when the caller has no such post to read
 */
const change = async (
  { params: { id: postId }, caller, origin }: Asked,
  { executor, readModels }: Pick<Ports, 'executor' | 'readModels'>,
  type: 'LikePost' | 'UnlikePost',
) => {
  const data = { postId, userId: caller.id }
  const answer = await restingOn(
    executor,
    async (look) => {
      await mustBeHere(look, caller.id)
      await readablePost(look, caller, postId)
    },
    (_, bases) =>
      executor.execute(like, likeIdOf(postId, caller.id), { type, data }, origin, { bases }),
  )
  if (isRefusal(answer)) throw refusalProblem(like, answer)
  const { document, position } = await readModels.get(posts, postId, answer.position)
  if (!document) throw notFound('post')
  return { data: { liked: answer.state.likes, likeCount: document.likeCount }, position }
}

/** Routes of likes. */
export const likeRoutes = [
  route({
    method: 'POST',
    url: '/posts/:id/like',
    access: 'user',
    operationId: 'likePost',
    rpcs: [{ name: 'agora.post.v1.PostService/LikePost' }],
    summary: 'Like a post; once more changes nothing',
    params,
    data: Liked,
    problems: [404],
    handle: (asked, ports) => change(asked, ports, 'LikePost'),
  }),

  route({
    method: 'DELETE',
    url: '/posts/:id/like',
    access: 'user',
    operationId: 'unlikePost',
    rpcs: [{ name: 'agora.post.v1.PostService/UnlikePost' }],
    summary: 'Take back my like of a post; once more changes nothing',
    params,
    data: Liked,
    problems: [404],
    handle: (asked, ports) => change(asked, ports, 'UnlikePost'),
  }),
]
