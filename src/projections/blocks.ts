import { Fields, projection, Timestamp } from '#kernel'
import { block, BlockId } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** Blocks between users, with their time. */
export const blocks = projection({
  name: 'blocks',
  store: 'postgres',
  within: 1_000,
  document: Fields({ id: BlockId, blockerId: UserId, blockedId: UserId, at: Timestamp }),
  from: [block],
  key: 'id',
  beginsWith: [block],
  indexes: [
    ['blockerId', 'at'],
    ['blockedId', 'at'],
  ],
}).rules({
  UserBlocked: (_, { id, at, data }) => ({ id, ...data, at }),
  UserUnblocked: () => undefined,
})
