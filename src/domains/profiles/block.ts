import type { Static } from 'typebox'
import { decider, derivedId, Fields, Id, refuse, saysNo } from '#kernel'
import { UserId } from '../shared/index.ts'

/** Id of a block: of one user by another. */
export const BlockId = Id('BlockId')
export type BlockId = Static<typeof BlockId>

/** Returns the id of a block from its two users. */
export const blockIdOf = (blockerId: UserId, blockedId: UserId): BlockId =>
  derivedId(BlockId, 'block', blockerId, blockedId)

const pair = { blockerId: UserId, blockedId: UserId }

type State = { readonly blocks: boolean }

/** Whether one user blocks another. A block holds in both directions: neither writes to or follows the other. */
export const block = decider({
  name: 'block',
  id: BlockId,
  commands: {
    BlockUser: Fields(pair, { description: 'Block another user.' }),
    UnblockUser: Fields(pair, { description: 'Unblock a user.' }),
  },
  events: {
    UserBlocked: Fields(pair),
    UserUnblocked: Fields(pair),
  },
  refusals: {
    BlocksThemselves: saysNo.invalid('Nobody can block themselves; choose somebody else.'),
  },
}).rules<State>({
  initialState: { blocks: false },
  decide: {
    BlockUser: (data, { blocks }) => {
      if (data.blockerId === data.blockedId) return refuse('BlocksThemselves')
      return blocks ? [] : [{ type: 'UserBlocked', data }]
    },
    UnblockUser: (data, { blocks }) => (blocks ? [{ type: 'UserUnblocked', data }] : []),
  },
  evolve: {
    UserBlocked: () => ({ blocks: true }),
    UserUnblocked: () => ({ blocks: false }),
  },
})
