import { Type } from 'typebox'
import { Fields } from '#kernel'
import { latestGigsOf } from '../../gigs/services/latest-gigs.ts'
import { ShownGig } from '../../gigs/services/gig-answer.ts'
import { account, email, emailIdOf, TypedAddress } from '../../identity/language.ts'
import { latestPostsOf } from '../../posts/services/latest-posts.ts'
import { ShownPost } from '../../posts/services/shown-posts.ts'
import { latestReviewsOf } from '../../reviews/services/latest-reviews.ts'
import { ShownReview } from '../../reviews/services/review-answer.ts'
import { profile } from '../language.ts'
import { UserId, Role } from '../../shared/index.ts'
import { readOne, type ReadModels } from '../../../runtime/reading.ts'
import type { Ports } from '../../../serving/ports.ts'
import { AccountStatus, orders, profiles as all } from '../../../projections/index.ts'
import { ownsOrAdmin } from '../../../serving/caller.ts'
import { Fresh, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { foundUsers } from '../services/found-users.ts'
import { withRating } from '../services/rated.ts'
import { Relation, relationOf } from '../services/relation.ts'
import { sellersWork, withWork } from '../services/sellers-work.ts'
import { maySee, shown, Shown, type ProfileDocument } from '../services/visibility.ts'
import { partialAnswer } from '../../../serving/partial-answer.ts'
import { notFound } from '../../../serving/problem.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import type { Caller } from '../../../serving/caller.ts'
import { route } from '../../../serving/route.ts'

const params = Fields({ id: UserId })

/** Numbers of latest orders, gigs, posts and reviews in the overview. */
const latestOrders = 5
const latestGigs = 5
const latestPosts = 5
const latestReviews = 5

const { page, limit, cursor, minPosition } = ListQuery(['username'], {}).properties
const Searching = Fields({
  q: Type.String({
    minLength: 2,
    maxLength: 100,
    description: 'In usernames, public names and bios',
  }),
  page,
  limit,
  cursor,
  minPosition,
})

/**
 * Reads a profile: its fields from the stream, the counts of follows from the read model, which may lag.
 * @throws Problem 404
 */
const profileOf = async (
  { executor, readModels }: Pick<Ports, 'executor' | 'readModels'>,
  id: UserId,
  after?: bigint,
) => {
  const { state, revision } = await executor.stateOf(profile, id)
  const { document, position } =
    state.status === 'deleted'
      ? { document: undefined, position: 0n }
      : await readOne(readModels, all, id, after)
  if (!document) throw notFound('user')
  if (state.status !== 'active') return { document, revision, position }
  const { name: _, bio: __, avatarMediaId: ___, ...counted } = document
  const { status: ____, name, bio, avatarMediaId, ...said } = state
  const now: ProfileDocument = {
    ...counted,
    ...said,
    ...(name !== undefined && { name }),
    ...(bio !== undefined && { bio }),
    ...(avatarMediaId !== undefined && { avatarMediaId }),
  }
  return { document: now, revision, position }
}

/** Reads the latest orders of a user and their number, for the user and admins. */
const ordersOf = async (readModels: ReadModels, caller: Caller, userId: UserId) => {
  if (!ownsOrAdmin(caller, userId)) return {}
  const { documents, total } = await readModels.find(orders, {
    where: { userId },
    sort: ['-createdAt'],
    limit: latestOrders,
  })
  return { latestOrders: documents, orders: total }
}

/** Routes of profiles. */
export const profileRoutes = [
  route({
    method: 'GET',
    url: '/users',
    access: 'admin',
    operationId: 'findUserByEmail',
    rpcs: [{ name: 'agora.user.v1.UserService/GetUserByEmail' }],
    summary: 'Find the user of an e-mail address',
    query: Fields({ email: TypedAddress }),
    data: Type.Object({
      userId: UserId,
      email: Type.String(),
      username: Type.String(),
      name: Type.Optional(Type.String()),
      roles: Type.Array(Role),
      status: AccountStatus,
    }),
    problems: [404],
    handle: async ({ query }, { executor }) => {
      const { state: owner } = await executor.stateOf(email, emailIdOf(query.email))
      if (owner.status === 'free') throw notFound('user', 'email')
      const { userId } = owner
      const { state, position } = await executor.stateOf(account, userId)
      if (state.status === 'new' || state.status === 'closed') throw notFound('user', 'email')
      const { state: said } = await executor.stateOf(profile, userId)
      const { username, name } = said.status === 'active' ? said : state
      return {
        data: {
          userId,
          email: state.email,
          username,
          ...(name !== undefined && { name }),
          roles: [...state.roles],
          status: state.status === 'suspended' ? ('SUSPENDED' as const) : ('ACTIVE' as const),
        },
        position,
      }
    },
  }),

  route({
    method: 'GET',
    url: '/users/search',
    access: 'user',
    operationId: 'searchUsers',
    summary: 'Search users by words of their username, name or bio, with typing errors',
    description:
      'Users without a public profile are found by their username only. The best hits come first.',
    query: Searching,
    data: ListOf('users', Shown),
    handle: async ({ query, caller }, ports) => {
      const { page = 1, limit = 20 } = query
      const { hits, total, nextCursor, position } = await foundUsers(ports, caller, query)
      const users = hits.map(({ document }) => document)
      const continued = nextCursor === undefined ? {} : { nextCursor }
      return { data: { users, total, page, limit, ...continued }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/users/:id',
    access: 'user',
    operationId: 'getProfile',
    rpcs: [{ name: 'agora.user.v1.UserService/GetUserById' }],
    summary: 'The profile of a user, as far as you may see it',
    description:
      'Of a seller with the response time and the number of orders done; what of them is not available in time is omitted and named ' +
      'in `meta.partial`.',
    params,
    query: Fresh,
    data: Shown,
    problems: [404],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const { executor } = ports

      const { document, revision, position } = await profileOf(ports, id, minPositionOf(query))
      const visible = await maySee(executor, caller, document)
      const rated = await withRating(
        ports.readModels,
        shown(document, visible),
        minPositionOf(query),
      )
      const { found, partial } = await partialAnswer(sellersWork(ports, document, visible))
      return { data: withWork(rated, found), position, revision, ...(partial && { partial }) }
    },
  }),

  route({
    method: 'GET',
    url: '/users/:id/overview',
    access: 'user',
    operationId: 'getProfileOverview',
    summary:
      'The profile of a user with counts, published gigs, posts and reviews; for the user and admins, with the latest orders',
    description:
      'Gigs, posts, reviews, response times and numbers of orders that are not available in time are omitted and named in `meta.partial`.',
    params,
    query: Fresh,
    data: Type.Object({
      profile: Shown,
      relation: Type.Optional(
        Type.Object(Relation.properties, { description: 'Absent in your own overview' }),
      ),
      counts: Type.Object({
        followers: Type.Optional(Type.Integer()),
        following: Type.Optional(Type.Integer()),
        orders: Type.Optional(Type.Integer()),
        ordersDone: Type.Optional(
          Type.Integer({ description: 'Completed orders of gigs of the user' }),
        ),
        gigs: Type.Optional(Type.Integer({ description: 'Published ones' })),
        posts: Type.Optional(Type.Integer()),
        reviews: Type.Optional(Type.Integer({ description: 'Of the user and of the user’s gigs' })),
      }),
      latestGigs: Type.Optional(Type.Array(ShownGig)),
      latestPosts: Type.Optional(Type.Array(ShownPost)),
      latestReviews: Type.Optional(Type.Array(ShownReview)),
      latestOrders: Type.Optional(Type.Array(DocumentFrom(orders))),
    }),
    problems: [404],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const { executor } = ports

      const { document, position } = await profileOf(ports, id, minPositionOf(query))
      const visible = await maySee(executor, caller, document)
      const relation = await relationOf(executor, caller, id)
      const { latestOrders, orders: total } = await ordersOf(ports.readModels, caller, id)
      const { found, partial } = await partialAnswer({
        gigs: async () => (visible ? latestGigsOf(ports.readModels, id, latestGigs) : undefined),
        posts: async () => (visible ? latestPostsOf(ports, caller, id, latestPosts) : undefined),
        reviews: async () =>
          visible ? latestReviewsOf(ports.readModels, caller, id, latestReviews) : undefined,
        ...sellersWork(ports, document, visible),
      })
      const { followers, following } = document
      const rated = await withRating(ports.readModels, shown(document, visible))
      return {
        data: {
          profile: withWork(rated, found),
          ...(relation && { relation }),
          counts: {
            ...(visible && { followers, following }),
            ...(total !== undefined && { orders: total }),
            ...(found.ordersDone !== undefined && { ordersDone: found.ordersDone }),
            ...(found.gigs && { gigs: found.gigs.total }),
            ...(found.posts && { posts: found.posts.total }),
            ...(found.reviews && { reviews: found.reviews.total }),
          },
          ...(found.gigs && { latestGigs: found.gigs.gigs }),
          ...(found.posts && { latestPosts: found.posts.posts }),
          ...(found.reviews && { latestReviews: found.reviews.reviews }),
          ...(latestOrders && { latestOrders: [...latestOrders] }),
        },
        position,
        ...(partial && { partial }),
      }
    },
  }),
]
