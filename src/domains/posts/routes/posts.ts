import { Type } from 'typebox'
import { derivedId, Fields, isRefusal, type ReasonOf, type Refusal } from '#kernel'
import { posts as all } from '../../../projections/index.ts'
import { lookAtPresent, restingOn } from '../../../runtime/resting-on.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { mustBeHere } from '../../profiles/services/contact.ts'
import { mayRead } from '../../profiles/services/reading-rights.ts'
import { PostId, UserId } from '../../shared/index.ts'
import { post, PostContent } from '../language.ts'
import { chosenMedia, mediaFields } from '../services/chosen-media.ts'
import { mentionsOf } from '../services/mentioned.ts'
import { readPost } from '../services/readable-post.ts'
import { noCounts, Post, postOf, ShownPost, shownPosts } from '../services/shown-posts.ts'

const params = Fields({ id: PostId })

const problemOf = (refusal: Refusal<ReasonOf<typeof post>>) =>
  refusalProblem(
    post,
    refusal,
    refusal.refused === 'EmptyPost'
      ? { errors: [{ field: 'content', message: 'is needed, unless the post has files' }] }
      : {},
  )

/** Routes of posts. */
export const postRoutes = [
  route({
    method: 'POST',
    url: '/posts',
    access: 'user',
    operationId: 'createPost',
    rpcs: [{ name: 'agora.post.v1.PostService/CreatePost' }],
    summary: 'Publish a post: a text, files, or both',
    description:
      '`#tags` and `@mentions` of the text are found by the server. Mentioned users who may read the post are notified.',
    body: Fields({ content: Type.Optional(PostContent), ...mediaFields }),
    example: { content: 'The first #lamp of the new series, for @ada' },
    data: Post,
    status: 201,
    problems: [404],
    handle: async ({ body, caller: { id: userId }, origin }, ports) => {
      const { executor } = ports
      const id = derivedId(PostId, origin.commandId, 'post')
      const { content } = body
      const mentions = await mentionsOf(executor, { userId, postAuthorId: userId }, content)
      const data = {
        userId,
        ...(content !== undefined && { content }),
        mediaIds: (await chosenMedia(ports, userId, body)) ?? [],
        mentions,
      }
      const answer = await restingOn(
        executor,
        (look) => mustBeHere(look, userId),
        (_, bases) => executor.execute(post, id, { type: 'CreatePost', data }, origin, { bases }),
      )
      if (isRefusal(answer)) throw problemOf(answer)
      const { state, position, revision } = answer
      if (state.status !== 'present') throw notFound('post')
      const location = `/posts/${id}`
      return { data: postOf(ports, id, state, noCounts), position, revision, location }
    },
  }),

  route({
    method: 'GET',
    url: '/posts/:id',
    access: 'user',
    operationId: 'getPost',
    rpcs: [{ name: 'agora.post.v1.PostService/GetPostById' }],
    summary: 'One post, if its author lets you read it',
    params,
    query: Fresh,
    data: ShownPost,
    problems: [404],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const { state, revision } = await readPost(ports.executor, caller, id)
      const minPosition = minPositionOf(query)
      const { document, position } = await ports.readModels.get(all, id, minPosition)
      const { likeCount, commentCount } = document ?? noCounts
      const { status: _, ...now } = state
      const [shown] = await shownPosts(
        ports,
        caller,
        [{ id, ...now, likeCount, commentCount }],
        minPosition,
      )
      if (!shown) throw notFound('post')
      return { data: shown, position, revision }
    },
  }),

  route({
    method: 'PATCH',
    url: '/posts/:id',
    access: 'user',
    operationId: 'updatePost',
    rpcs: [{ name: 'agora.post.v1.PostService/UpdatePost' }],
    summary: 'Change my post; omitted fields stay unchanged, and readers see that it was edited',
    params,
    body: Fields({
      content: Type.Optional(Type.Union([PostContent, Type.Null()])),
      ...mediaFields,
    }),
    example: { content: 'The first #lamp of the new series' },
    data: Post,
    problems: [404],
    guarded: true,
    handle: async ({ params: { id }, body, caller, origin, expecting }, ports) => {
      const { executor, readModels } = ports
      const { state: before } = await readPost(executor, caller, id)
      const { userId } = before
      // Not even an admin speaks for an author.
      if (userId !== caller.id) throw forbidden()
      const content = body.content === undefined ? before.content : (body.content ?? undefined)
      const mentions =
        content === before.content
          ? [...before.mentions]
          : await mentionsOf(executor, { userId, postAuthorId: userId }, content)
      const data = {
        ...(content !== undefined && { content }),
        mediaIds: (await chosenMedia(ports, userId, body)) ?? [...before.mediaIds],
        mentions,
      }
      const command = { type: 'UpdatePost' as const, data }
      const answer = await executor.execute(post, id, command, origin, expecting)
      if (isRefusal(answer)) throw problemOf(answer)
      const { state, position, revision } = answer
      if (state.status !== 'present') throw notFound('post')
      const { document = noCounts } = await readModels.get(all, id)
      return { data: postOf(ports, id, state, document), position, revision }
    },
  }),

  route({
    method: 'DELETE',
    url: '/posts/:id',
    access: 'user',
    operationId: 'deletePost',
    rpcs: [{ name: 'agora.post.v1.PostService/DeletePost' }],
    summary: 'Delete a post: mine, or anybody’s, for an admin',
    params,
    data: Type.Object({ id: PostId, deleted: Type.Literal(true) }),
    problems: [404],
    guarded: true,
    handle: async ({ params: { id }, caller, origin, expecting }, { executor }) => {
      const { state } = await executor.stateOf(post, id)
      if (state.status === 'none') throw notFound('post')
      if (state.status === 'present') await readPost(executor, caller, id)
      mustOwn(caller, state.userId)
      const command = { type: 'DeletePost' as const, data: {} }
      const answer = await executor.execute(post, id, command, origin, expecting)
      if (isRefusal(answer)) throw problemOf(answer)
      const { position, revision } = answer
      return { data: { id, deleted: true as const }, position, revision }
    },
  }),

  route({
    method: 'GET',
    url: '/users/:id/posts',
    access: 'user',
    operationId: 'listPostsOfUser',
    rpcs: [{ name: 'agora.post.v1.PostService/GetUserPosts' }],
    summary: 'The posts of a user, the latest first',
    params: Fields({ id: UserId }),
    query: ListQuery(['createdAt'], {}),
    data: ListOf('posts', ShownPost),
    problems: [403, 404],
    handle: async ({ params: { id: userId }, query, caller }, ports) => {
      const look = lookAtPresent(ports.executor)
      await mustBeHere(look, userId)
      if (!(await mayRead(look, caller, userId)))
        throw forbidden('Only those whom this user lets see their posts may see these.')
      const { documents, info, position } = await listed(ports, all, query, { userId })
      const posts = await shownPosts(ports, caller, documents, minPositionOf(query))
      return { data: { posts, ...info }, position }
    },
  }),
]
