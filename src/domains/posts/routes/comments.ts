import { Type } from 'typebox'
import { derivedId, Fields, isRefusal } from '#kernel'
import { comments as all } from '../../../projections/index.ts'
import { restingOn, type Look } from '../../../runtime/resting-on.ts'
import { ownsOrAdmin } from '../../../serving/caller.ts'
import { listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { forbidden, invalid, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { isBlocked, mustBeHere } from '../../profiles/services/contact.ts'
import { PostId, type UserId } from '../../shared/index.ts'
import { comment, CommentContent, CommentId, post } from '../language.ts'
import { mentionsOf } from '../services/mentioned.ts'
import { readablePost, readPost } from '../services/readable-post.ts'
import { Comment, ShownComment, shownComments } from '../services/shown-comments.ts'

const params = Fields({ id: PostId })

/**
 * Refuses answers to what is no comment of the post, and answers to answers.
 * @throws Problem 400 naming `parentId`, also when one of the two authors blocks the other
 */
const mustBeAnswerable = async (
  look: Look,
  postId: PostId,
  parentId: CommentId,
  userId: UserId,
): Promise<void> => {
  const parent = await look(comment, parentId)
  const isThere = parent.status === 'present' && parent.postId === postId
  if (!isThere || (await isBlocked(look, userId, parent.userId)))
    throw invalid('parentId', 'must be of a comment of this post')
  if (parent.parentId !== undefined)
    throw invalid('parentId', 'must not be of an answer: answers have none of their own')
}

/** Routes of comments. */
export const commentRoutes = [
  route({
    method: 'POST',
    url: '/posts/:id/comments',
    access: 'user',
    operationId: 'createComment',
    rpcs: [{ name: 'agora.post.v1.PostService/CreateComment' }],
    summary: 'Comment on a post, or answer one of its comments',
    description: 'The author of the post is notified, and mentioned users who may read the post.',
    params,
    body: Fields({ content: CommentContent, parentId: Type.Optional(CommentId) }),
    example: { content: 'It gives a warm light.' },
    data: Comment,
    status: 201,
    problems: [404],
    handle: async ({ params: { id: postId }, body, caller, origin }, { executor }) => {
      const userId = caller.id
      const { content, parentId } = body
      const { state: about } = await readPost(executor, caller, postId)
      const postAuthorId = about.userId
      const mentions = await mentionsOf(executor, { userId, postAuthorId }, content)
      const id = derivedId(CommentId, origin.commandId, 'comment')
      const data = { postId, postAuthorId, userId, ...body, mentions }
      const answer = await restingOn(
        executor,
        async (look) => {
          await mustBeHere(look, userId)
          await readablePost(look, caller, postId)
          if (parentId !== undefined) await mustBeAnswerable(look, postId, parentId, userId)
        },
        (_, bases) =>
          executor.execute(comment, id, { type: 'CreateComment', data }, origin, { bases }),
      )
      if (isRefusal(answer)) throw refusalProblem(comment, answer)
      const { state, position, revision } = answer
      if (state.status !== 'present') throw notFound('comment')
      const { postAuthorId: _, ...written } = data
      return { data: { id, ...written, createdAt: state.createdAt }, position, revision }
    },
  }),

  route({
    method: 'GET',
    url: '/posts/:id/comments',
    access: 'user',
    operationId: 'listComments',
    rpcs: [{ name: 'agora.post.v1.PostService/GetComments' }],
    summary: 'The comments of a post and their answers, the latest first',
    description:
      'Comments of users who block you, or whom you block, are left out, and not counted on this page.',
    params,
    query: ListQuery(['createdAt'], {
      parentId: Type.Optional(
        Type.Unsafe<CommentId>({ ...CommentId, description: 'Only the answers to this comment' }),
      ),
    }),
    data: ListOf('comments', ShownComment),
    problems: [404],
    handle: async ({ params: { id: postId }, query, caller }, ports) => {
      await readPost(ports.executor, caller, postId)
      const { parentId } = query
      const { documents, info, position } = await listed(ports, all, query, { postId, parentId })
      const minPosition = minPositionOf(query)
      const comments = await shownComments(ports.readModels, caller, documents, minPosition)
      const total = info.total - (documents.length - comments.length)
      return { data: { comments, ...info, total }, position }
    },
  }),

  route({
    method: 'DELETE',
    url: '/comments/:id',
    access: 'user',
    operationId: 'deleteComment',
    rpcs: [{ name: 'agora.post.v1.PostService/DeleteComment' }],
    summary: 'Delete a comment: mine, or one of my post; anybody’s, for an admin',
    params: Fields({ id: CommentId }),
    data: Type.Object({ id: CommentId, deleted: Type.Literal(true) }),
    problems: [404],
    handle: async ({ params: { id }, caller, origin }, { executor }) => {
      const { state } = await executor.stateOf(comment, id)
      if (state.status === 'none') throw notFound('comment')
      const { state: about } = await executor.stateOf(post, state.postId)
      const owners = [state.userId, ...(about.status === 'none' ? [] : [about.userId])]
      if (!owners.some((owner) => ownsOrAdmin(caller, owner))) {
        await readPost(executor, caller, state.postId)
        throw forbidden()
      }
      const command = { type: 'DeleteComment' as const, data: {} }
      const answer = await executor.execute(comment, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(comment, answer)
      return { data: { id, deleted: true as const }, position: answer.position }
    },
  }),
]
