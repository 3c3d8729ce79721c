import { Type } from 'typebox'
import { Fields } from '#kernel'
import { account, email, EmailAddress, emailIdOf, Role } from '../../identity/language.ts'
import { profile } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { readOne } from '../../../platform/runtime/reading.ts'
import { AccountStatus, orders, profiles as all } from '../../../projections/index.ts'
import { ownsOrAdmin } from '../../../serving/caller.ts'
import { Fresh, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { maySee, shown, Shown, shownAll, type ProfileDocument } from '../services/visibility.ts'
import { notFound } from '../../../serving/problem.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import type { Serve } from '../../../http/routes-of.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { RouteContext } from '../../../http/routes/context.ts'

const params = Fields({ id: UserId })

/** So many of somebody's latest orders are part of their overview. */
const latest = 5

const { page, limit, minPosition } = ListQuery(['username'], {}).properties
const Searching = Fields({
  q: Type.String({ minLength: 2, maxLength: 100, description: 'In usernames and public names' }),
  page,
  limit,
  minPosition,
})

/** Who people are, as far as they let others know. */
export const profiles = (serve: Serve, { executor, readModels }: RouteContext): void => {
  /**
   * A profile: what is said of somebody as of now, how many follow as of a moment ago.
   * @throws Problem 404
   */
  const profileOf = async (id: UserId, after?: bigint) => {
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

  /** Several of somebody's orders, and how many there are, for themselves and admins. */
  const ordersOf = async (caller: Caller, userId: UserId) => {
    if (!ownsOrAdmin(caller, userId)) return {}
    const { documents, total } = await readModels.find(orders, {
      where: { userId },
      sort: ['-createdAt'],
      limit: latest,
    })
    return { latestOrders: documents, orders: total }
  }

  serve(
    {
      method: 'GET',
      url: '/users',
      access: 'admin',
      operationId: 'findUserByEmail',
      summary: 'Whose e-mail address it is',
      tag: 'profiles',
      query: Fields({ email: EmailAddress }),
      data: Type.Object({
        userId: UserId,
        email: Type.String(),
        username: Type.String(),
        name: Type.Optional(Type.String()),
        roles: Type.Array(Role),
        status: AccountStatus,
      }),
      problems: [404],
    },
    async ({ query }) => {
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
  )

  serve(
    {
      method: 'GET',
      url: '/users/search',
      access: 'user',
      operationId: 'searchUsers',
      summary: 'Find people by the beginning of their name, or in spite of a slip',
      description: 'Who does not show their name to everybody is found by their username only.',
      tag: 'profiles',
      query: Searching,
      data: ListOf('users', Shown),
    },
    async ({ query, caller }) => {
      const { q: search, page = 1, limit = 20 } = query
      const found = await readModels.find(
        all,
        {
          search,
          ...(!caller.roles.includes('admin') && { where: { suspended: false } }),
          sort: ['username'],
          limit,
          offset: (page - 1) * limit,
        },
        minPositionOf(query),
      )
      const users = await shownAll(readModels, caller, found.documents)
      return { data: { users, total: found.total, page, limit }, position: found.position }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/users/:id',
      access: 'user',
      operationId: 'getProfile',
      summary: 'Who somebody is, as far as they let you know',
      tag: 'profiles',
      params,
      query: Fresh,
      data: Shown,
      problems: [404],
    },
    async ({ params: { id }, query, caller }) => {
      const { document, revision, position } = await profileOf(id, minPositionOf(query))
      const visible = await maySee(executor, caller, document)
      return { data: shown(document, visible), position, revision }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/users/:id/overview',
      access: 'user',
      operationId: 'getProfileOverview',
      summary: 'Who somebody is, with counts, and for themselves their latest orders',
      tag: 'profiles',
      params,
      query: Fresh,
      data: Type.Object({
        profile: Shown,
        counts: Type.Object({
          followers: Type.Optional(Type.Integer()),
          following: Type.Optional(Type.Integer()),
          orders: Type.Optional(Type.Integer()),
        }),
        latestOrders: Type.Optional(Type.Array(DocumentFrom(orders))),
      }),
      problems: [404],
    },
    async ({ params: { id }, query, caller }) => {
      const { document, position } = await profileOf(id, minPositionOf(query))
      const visible = await maySee(executor, caller, document)
      const { latestOrders, orders: total } = await ordersOf(caller, id)
      const { followers, following } = document
      return {
        data: {
          profile: shown(document, visible),
          counts: {
            ...(visible && { followers, following }),
            ...(total !== undefined && { orders: total }),
          },
          ...(latestOrders && { latestOrders: [...latestOrders] }),
        },
        position,
      }
    },
  )
}
