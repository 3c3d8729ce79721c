import { Type, type Static } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { follow, followIdOf, profile } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import type { Basis, Executor, Origin } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import { readOne } from '../../../runtime/reading.ts'
import { restingOn } from '../../../runtime/resting-on.ts'
import { follows, profiles } from '../../../projections/index.ts'
import { listed, ListOf, ListQuery, minPositionOf, type Asking } from '../../../serving/lists.ts'
import { mustBeHere, mustNotBeBlocked } from '../services/contact.ts'
import { maySee, Shown, shownAll } from '../services/visibility.ts'
import { forbidden, invalid, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { Caller } from '../../../serving/caller.ts'
import { route, type Answer } from '../../../serving/route.ts'

const params = Fields({ id: UserId })

const Following = Type.Object({
  followerId: UserId,
  followeeId: UserId,
  following: Type.Boolean(),
  requested: Type.Optional(
    Type.Literal(true, { description: 'The user is private, and has to accept first' }),
  ),
})

/** A user in a list of followers or followed users, with the time of the follow. */
const Entry = Type.Object({ user: Shown, since: Type.String({ format: 'date-time' }) })

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

type Pair = { readonly followerId: UserId; readonly followeeId: UserId }

/** The answer to a change of a follow. */
const answerOf = (
  data: Pair,
  answer: Awaited<ReturnType<typeof executed>>,
): Answer<Static<typeof Following>> => {
  if (isRefusal(answer)) throw refusalProblem(follow, answer)
  const { position, revision, state } = answer
  const { follows: following, requested } = state
  return { data: { ...data, following, ...(requested && { requested }) }, position, revision }
}

const executed = (
  executor: Executor,
  type: 'FollowUser' | 'UnfollowUser' | 'RequestFollow',
  data: Pair,
  origin: Origin,
  bases: readonly Basis[] = [],
) => {
  const id = followIdOf(data.followerId, data.followeeId)
  return executor.execute(follow, id, { type, data }, origin, { bases })
}

/** Routes of follows. */
export const followRoutes = [
  route({
    method: 'POST',
    url: '/users/:id/follow',
    access: 'user',
    operationId: 'followUser',
    rpcs: [{ name: 'agora.user.v1.UserService/FollowUser' }],
    summary: 'Follow a user; a private one is asked first',
    params,
    data: Following,
    problems: [404],
    handle: async (
      { params: { id: followeeId }, caller: { id: followerId }, origin },
      { executor },
    ) => {
      if (followeeId === followerId) throw invalid('id', 'must be somebody else than yourself')
      const data = { followerId, followeeId }
      const answer = await restingOn(
        executor,
        async (look) => {
          await mustBeHere(look, followerId)
          await mustBeHere(look, followeeId)
          await mustNotBeBlocked(look, followerId, followeeId)
          const followee = await look(profile, followeeId)
          const isPrivate = followee.status === 'active' && followee.privacy === 'private'
          return isPrivate ? ('RequestFollow' as const) : ('FollowUser' as const)
        },
        (type, bases) => executed(executor, type, data, origin, bases),
      )
      return answerOf(data, answer)
    },
  }),

  route({
    method: 'DELETE',
    url: '/users/:id/follow',
    access: 'user',
    operationId: 'unfollowUser',
    rpcs: [{ name: 'agora.user.v1.UserService/UnfollowUser' }],
    summary: 'Unfollow a user, or withdraw the request to follow',
    params,
    data: Following,
    handle: async (
      { params: { id: followeeId }, caller: { id: followerId }, origin },
      { executor },
    ) => {
      const data = { followerId, followeeId }
      return answerOf(data, await executed(executor, 'UnfollowUser', data, origin))
    },
  }),

  route({
    method: 'GET',
    url: '/users/:id/followers',
    access: 'user',
    operationId: 'listFollowers',
    rpcs: [{ name: 'agora.user.v1.UserService/GetFollowers' }],
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
    rpcs: [{ name: 'agora.user.v1.UserService/GetFollowing' }],
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
