import type { DocumentOf } from '#kernel'
import { blocks, followRequests, follows } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import { block, follow } from './language.ts'

/** Erases the follows and blocks of a user, in both directions. */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const ends = { anyOf: [{ followerId: userId }, { followeeId: userId }] }
  const unfollow = async (
    { id, followerId, followeeId }: DocumentOf<typeof followRequests>,
    kind: string,
  ): Promise<void> => {
    const command = { type: 'UnfollowUser' as const, data: { followerId, followeeId } }
    await execute(follow, id, command, derivedOrigin(origin, id, kind))
  }
  const withdrawn = await forEachDocument(readModels, followRequests, ends, (one) =>
    unfollow(one, 'request'),
  )
  const unfollowed = await forEachDocument(readModels, follows, ends, (one) =>
    unfollow(one, 'follow'),
  )
  const blocking = { anyOf: [{ blockerId: userId }, { blockedId: userId }] }
  const unblocked = await forEachDocument(
    readModels,
    blocks,
    blocking,
    async ({ id, blockerId, blockedId }) => {
      const command = { type: 'UnblockUser' as const, data: { blockerId, blockedId } }
      await execute(block, id, command, derivedOrigin(origin, id))
    },
  )
  return {
    awaited: 0,
    counts: { follows: unfollowed, followRequests: withdrawn, blocks: unblocked },
  }
}
