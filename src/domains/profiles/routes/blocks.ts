import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { blocks, profiles } from '../../../projections/index.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { lookAtPresent } from '../../../runtime/resting-on.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { invalid } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { UserId } from '../../shared/index.ts'
import { block, blockIdOf } from '../language.ts'
import { mustBeHere } from '../services/contact.ts'

const params = Fields({ id: UserId })

const Blocking = Type.Object({ blockerId: UserId, blockedId: UserId, blocked: Type.Boolean() })

/** A blocked user, with the time of the block; without a name once the user has left. */
const Entry = Type.Object({
  userId: UserId,
  username: Type.Optional(Type.String()),
  since: Type.String({ format: 'date-time' }),
})

/** Starts or ends a block. */
const change = async (
  executor: Executor,
  type: 'BlockUser' | 'UnblockUser',
  data: { readonly blockerId: UserId; readonly blockedId: UserId },
  origin: Origin,
) => {
  const id = blockIdOf(data.blockerId, data.blockedId)
  const answer = await executor.execute(block, id, { type, data }, origin)
  if (isRefusal(answer)) throw refusalProblem(block, answer)
  const { position, revision, state } = answer
  return { data: { ...data, blocked: state.blocks }, position, revision }
}

/** Routes of blocks. */
export const blockRoutes = [
  route({
    method: 'GET',
    url: '/users/me/blocks',
    access: 'user',
    operationId: 'listBlocks',
    summary: 'The users that I block, the latest first',
    query: ListQuery(['at'], {}),
    data: ListOf('blocks', Entry),
    handle: async ({ query, caller }, ports) => {
      const part = await listed(ports, blocks, query, { blockerId: caller.id })
      const ids = part.documents.map(({ blockedId }) => blockedId)
      const { documents } = await ports.readModels.find(profiles, {
        where: { id: { in: ids } },
        limit: ids.length,
      })
      const names = new Map(documents.map(({ id, username }) => [id, username]))
      const entries = part.documents.map(({ blockedId: userId, at: since }) => {
        const username = names.get(userId)
        return { userId, ...(username !== undefined && { username }), since }
      })
      return { data: { blocks: entries, ...part.info }, position: part.position }
    },
  }),

  route({
    method: 'POST',
    url: '/users/:id/block',
    access: 'user',
    operationId: 'blockUser',
    summary: 'Block a user',
    description:
      'Neither of the two writes to or follows the other any more. The blocked user is not notified.',
    params,
    data: Blocking,
    problems: [404],
    handle: async (
      { params: { id: blockedId }, caller: { id: blockerId }, origin },
      { executor },
    ) => {
      if (blockedId === blockerId) throw invalid('id', 'must be somebody else than yourself')
      await mustBeHere(lookAtPresent(executor), blockedId)
      return change(executor, 'BlockUser', { blockerId, blockedId }, origin)
    },
  }),

  route({
    method: 'DELETE',
    url: '/users/:id/block',
    access: 'user',
    operationId: 'unblockUser',
    summary: 'Unblock a user',
    params,
    data: Blocking,
    handle: async (
      { params: { id: blockedId }, caller: { id: blockerId }, origin },
      { executor },
    ) => change(executor, 'UnblockUser', { blockerId, blockedId }, origin),
  }),
]
