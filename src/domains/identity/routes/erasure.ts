import { Type, type Static } from 'typebox'
import { asId, Fields } from '#kernel'
import { account, email, emailIdOf, username, usernameIdOf } from '../language.ts'
import { profile } from '../../profiles/language.ts'
import { UserId } from '../../shared/index.ts'
import type { Executor } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import { mustBeNoAdmin, LostOrders, openOrdersOf } from '../services/leaving.ts'
import { PathText } from '../../../serving/path-text.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'

const Forgotten = Type.Object({
  userId: UserId,
  status: Type.Enum(['pending', 'forgotten']),
  keyDestroyedAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'Since then the data of the user in the log, its copies and backups cannot be decrypted',
    }),
  ),
  places: Type.Optional(
    Type.Array(
      Type.Object({
        place: Type.String(),
        found: Type.Integer({ description: 'Entries with data of the user' }),
        removed: Type.Integer({ description: 'Entries that were removed' }),
        note: Type.Optional(Type.String()),
      }),
    ),
  ),
  beyond: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Places that Agora cannot check; check them yourself',
    }),
  ),
})

const Who = Fields({
  user: PathText(254, {
    description: 'The id, e-mail address or username; after the erasure, the id',
  }),
})

/** Finds a user by id, e-mail address or username. @throws Problem 404 */
const find = async (executor: Executor, who: string): Promise<UserId> => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(who))
    return asId(UserId, who.toLowerCase())
  const { state } = who.includes('@')
    ? await executor.stateOf(email, emailIdOf(who))
    : await executor.stateOf(username, usernameIdOf(who))
  if (state.status === 'free') throw notFound('user')
  return state.userId
}

/** Progress of the erasure of a user. */
const progressOf = async (
  { receiptOf }: Ports['forgetting'],
  userId: UserId,
): Promise<Static<typeof Forgotten>> => {
  const receipt = await receiptOf(userId)
  if (!receipt) return { userId, status: 'pending' }
  const { keyDestroyedAt, places, beyond } = receipt
  return {
    userId,
    status: 'forgotten',
    keyDestroyedAt,
    places: places.map((it) => ({ ...it })),
    beyond: [...beyond],
  }
}

/** Routes of the erasure of users and of its receipt. */
export const erasureRoutes = [
  route({
    method: 'POST',
    url: '/admin/users/:user/forget',
    access: 'admin',
    operationId: 'forgetUser',
    summary: 'Erase a user for good',
    description:
      'Deletes the profile and closes the account, removes the data of the user from all stores, and destroys the key of the data in the log. Unlike the deletion by the user, it does not wait for paid orders that are not shipped: their address is erased. Repeat the request, or read the receipt, to see whether it is complete.',
    status: 202,
    params: Who,
    data: Type.Object({ ...Forgotten.properties, orders: LostOrders }),
    problems: [404, 409],
    handle: async ({ params: { user }, caller, origin }, { executor, readModels, forgetting }) => {
      const userId = await find(executor, user)
      if (caller.id === userId)
        throw new Problem(409, 'own_account', 'You cannot erase yourself; ask another admin to.')
      const { state } = await executor.stateOf(account, userId)
      const { state: shown } = await executor.stateOf(profile, userId)
      if (state.status === 'new' && shown.status === 'new') throw notFound('user')
      mustBeNoAdmin(state)
      const orders = await openOrdersOf(readModels, userId)
      const forgotten = await progressOf(forgetting, userId)
      if (forgotten.status === 'pending')
        await executor.execute(profile, userId, { type: 'ForgetAtOnce', data: {} }, origin)
      return { data: { ...forgotten, orders } }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/users/:user/forget',
    access: 'admin',
    operationId: 'forgettingOf',
    summary: 'The receipt of an erasure: what was found and removed',
    params: Who,
    data: Forgotten,
    problems: [404],
    handle: async ({ params: { user } }, { executor, forgetting }) => {
      const userId = await find(executor, user)
      const { state } = await executor.stateOf(profile, userId)
      if (state.status !== 'deleted') throw notFound('user who has left')
      return { data: await progressOf(forgetting, userId) }
    },
  }),
]
