import { Type } from 'typebox'
import { asId, Fields, isRefusal } from '#kernel'
import { followRequests, profiles } from '../../../projections/index.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { restingOn } from '../../../runtime/resting-on.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { UserId } from '../../shared/index.ts'
import { follow, followIdOf } from '../language.ts'
import { mustBeHere, mustNotBeBlocked } from '../services/contact.ts'
import { Shown, shownAll } from '../services/visibility.ts'

const params = Fields({
  id: Type.Unsafe<UserId>({ ...UserId, description: 'The user who asks to follow' }),
})

const Answered = Type.Object({ followerId: UserId, accepted: Type.Boolean() })

/**
 * Answers the request of a user to follow the caller.
 * @throws Problem 404 without such a request, or when the user has left, 403 when one of the two blocks the other
 */
const answer = async (
  {
    params: { id: followerId },
    caller: { id: followeeId },
    origin,
  }: {
    readonly params: { readonly id: UserId }
    readonly caller: { readonly id: UserId }
    readonly origin: Origin
  },
  { executor }: Pick<Ports, 'executor'>,
  type: 'AcceptFollow' | 'DeclineFollow',
) => {
  const data = { followerId, followeeId }
  const id = followIdOf(followerId, followeeId)
  const answered = await restingOn(
    executor,
    async (look) => {
      await mustBeHere(look, followeeId)
      await mustBeHere(look, followerId)
      if (type === 'AcceptFollow') await mustNotBeBlocked(look, followerId, followeeId)
    },
    (_, bases) => executor.execute(follow, id, { type, data }, origin, { bases }),
  )
  if (isRefusal(answered)) throw refusalProblem(follow, answered)
  const { position, state } = answered
  return { data: { followerId, accepted: state.accepted }, position }
}

/** Routes of requests to follow private users. */
export const followRequestRoutes = [
  route({
    method: 'GET',
    url: '/users/me/follow-requests',
    access: 'user',
    operationId: 'listFollowRequests',
    summary: 'The users who ask to follow me, the latest first',
    query: ListQuery(['at'], {}),
    data: ListOf(
      'requests',
      Type.Object({
        id: Type.Unsafe<UserId>({ ...UserId, description: 'The user, for accept and decline' }),
        user: Shown,
        at: Type.String({ format: 'date-time' }),
      }),
    ),
    handle: async ({ query, caller }, ports) => {
      const { documents, info, position } = await listed(ports, followRequests, query, {
        followeeId: caller.id,
      })
      const ids = documents.map(({ followerId }) => followerId)
      const found = await ports.readModels.find(profiles, {
        where: { id: { in: ids } },
        limit: ids.length,
      })
      const users = await shownAll(ports.readModels, caller, found.documents)
      const byId = new Map(users.map((one) => [asId(UserId, one.userId), one]))
      const requests = documents.flatMap(({ followerId, at }) => {
        // The read model may still have a user who has just left.
        const user = byId.get(followerId)
        return user ? [{ id: followerId, user, at }] : []
      })
      return { data: { requests, ...info }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/users/me/follow-requests/:id/accept',
    access: 'user',
    operationId: 'acceptFollowRequest',
    summary: 'Let a user follow me, and see my private profile and posts',
    params,
    data: Answered,
    problems: [403, 404],
    handle: (asked, ports) => answer(asked, ports, 'AcceptFollow'),
  }),

  route({
    method: 'POST',
    url: '/users/me/follow-requests/:id/decline',
    access: 'user',
    operationId: 'declineFollowRequest',
    summary: 'Decline the request of a user to follow me',
    description: 'The user is not notified, and may ask again.',
    params,
    data: Answered,
    problems: [404],
    handle: (asked, ports) => answer(asked, ports, 'DeclineFollow'),
  }),
]
