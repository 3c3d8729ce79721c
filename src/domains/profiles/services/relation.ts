import { Type, type Static } from 'typebox'
import type { Executor } from '../../../runtime/execution.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { UserId } from '../../shared/index.ts'
import { block, blockIdOf, follow, followIdOf } from '../language.ts'

/** What a caller has done about another user. Whether the other one blocks the caller is nobody's business. */
export const Relation = Type.Object({
  following: Type.Boolean(),
  requested: Type.Boolean({ description: 'Whether you wait for the consent of the user' }),
  blocked: Type.Boolean({ description: 'Whether you block the user' }),
})

/** Returns what a caller has done about another user, as of now; undefined for the caller. */
export const relationOf = async (
  executor: Pick<Executor, 'stateOf'>,
  { id: callerId }: Pick<Caller, 'id'>,
  userId: UserId,
): Promise<Static<typeof Relation> | undefined> => {
  if (callerId === userId) return undefined
  const [followed, blocked] = await Promise.all([
    executor.stateOf(follow, followIdOf(callerId, userId)),
    executor.stateOf(block, blockIdOf(callerId, userId)),
  ])
  const { follows: following, requested } = followed.state
  return { following, requested, blocked: blocked.state.blocks }
}
