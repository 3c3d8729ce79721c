import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { account } from '../../identity/language.ts'
import { follow, followIdOf, profile } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import { readOne } from '../../../runtime/reading.ts'
import { follows, profiles } from '../../../projections/index.ts'
import { listed, ListOf, ListQuery, minPositionOf, type Asking } from '../../../serving/lists.ts'
import { maySee, Shown, shownAll } from '../services/visibility.ts'
import { forbidden, invalid, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { Caller } from '../../../serving/caller.ts'
import { route } from '../../../serving/route.ts'

const params = Fields({ id: UserId })

const Following = Type.Object({
  followerId: UserId,
  followeeId: UserId,
  following: Type.Boolean(),
})

/** A user in a list of followers or followed users, with the time of the follow. */
const Entry = Type.Object({ user: Shown, since: Type.String({ format: 'date-time' }) })

/** @throws Problem 404 when the user does not exist or has left */
const mustExist = async (executor: Executor, id: UserId): Promise<void> => {
  const { state } = await executor.stateOf(profile, id)
  if (state.status === 'active') return
  const { state: person } = await executor.stateOf(account, id)
  const isGone = person.status === 'new' || person.status === 'closed'
  if (isGone || state.status === 'deleted') throw notFound('user')
}

type End = 'followerId' | 'followeeId'

/** Lists a user's followers or followed users, as the caller sees them. */
const listOf = async (
  ports: Pick<Ports, 'executor' | 'readModels' | 'cursors'>,
  caller: Caller,
  id: UserId,
  asking: Asking,
  [mine, theirs]: readonly [End, End],
) => {
  const { executor, readModels } = ports
  const { document } = await readOne(readModels, profiles, id, minPositionOf(asking))
  if (!document) throw notFound('user')
  if (!(await maySee(executor, caller, document)))
    throw forbidden('Only those whom this user lets see their profile may see this.')
  const part = await listed(ports, follows, asking, { [mine]: id })
  const ids = part.documents.map((one) => one[theirs])
  const { documents } = await readModels.find(profiles, {
    where: { id: { in: ids } },
    limit: ids.length,
  })
  const people = await shownAll(readModels, caller, documents)
  const byId = new Map(people.map((one) => [one.userId, one]))
  const entries = part.documents.flatMap((one) => {
    // The read model of follows may still have a user who has just left.
    const user = byId.get(one[theirs])
    return user ? [{ user, since: one.at }] : []
  })
  return { entries, info: part.info, position: part.position }
}

/** Starts or ends a follow. */
const change = async (
  executor: Executor,
  type: 'FollowUser' | 'UnfollowUser',
  data: { readonly followerId: UserId; readonly followeeId: UserId },
  origin: Origin,
) => {
  const id = followIdOf(data.followerId, data.followeeId)
  const answer = await executor.execute(follow, id, { type, data }, origin)
  if (isRefusal(answer)) throw refusalProblem(follow, answer)
  const { position, revision, state } = answer
  return { data: { ...data, following: state.follows }, position, revision }
}

/** Routes of follows. */
export const followRoutes = [
  route({
    method: 'POST',
    url: '/users/:id/follow',
    access: 'user',
    operationId: 'followUser',
    summary: 'Follow a user',
    params,
    data: Following,
    problems: [404],
    handle: async (
      { params: { id: followeeId }, caller: { id: followerId }, origin },
      { executor },
    ) => {
      if (followeeId === followerId) throw invalid('id', 'must be somebody else than yourself')
      await mustExist(executor, followerId)
      await mustExist(executor, followeeId)
      return change(executor, 'FollowUser', { followerId, followeeId }, origin)
    },
  }),

  route({
    method: 'DELETE',
    url: '/users/:id/follow',
    access: 'user',
    operationId: 'unfollowUser',
    summary: 'Unfollow a user',
    params,
    data: Following,
    handle: async (
      { params: { id: followeeId }, caller: { id: followerId }, origin },
      { executor },
    ) => {
      return change(executor, 'UnfollowUser', { followerId, followeeId }, origin)
    },
  }),

  route({
    method: 'GET',
    url: '/users/:id/followers',
    access: 'user',
    operationId: 'listFollowers',
    summary: 'The followers of a user, the latest first',
    params,
    query: ListQuery(['at'], {}),
    data: ListOf('followers', Entry),
    problems: [404],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const ends = ['followeeId', 'followerId'] as const
      const { entries, info, position } = await listOf(ports, caller, id, query, ends)
      return { data: { followers: entries, ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/users/:id/following',
    access: 'user',
    operationId: 'listFollowing',
    summary: 'The users that a user follows, the latest first',
    params,
    query: ListQuery(['at'], {}),
    data: ListOf('following', Entry),
    problems: [404],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const ends = ['followerId', 'followeeId'] as const
      const { entries, info, position } = await listOf(ports, caller, id, query, ends)
      return { data: { following: entries, ...info }, position }
    },
  }),
]
