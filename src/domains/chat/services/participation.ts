import type { Executor } from '../../../runtime/execution.ts'
import { notFound } from '../../../serving/problem.ts'
import type { UserId } from '../../shared/index.ts'
import { conversation, otherThan, type ConversationId } from '../language.ts'

/**
 * Returns the other participant of a conversation. The participants never change, so that a cached state is enough.
 * @throws Problem 404 when there is no such conversation, and for others than its participants: its id follows from theirs,
 *   so that anybody could ask whether two users have one
 */
export const otherIn = async (
  { stateOf }: Pick<Executor, 'stateOf'>,
  id: ConversationId,
  userId: UserId,
): Promise<UserId> => {
  const enough = ({ status }: { readonly status: string }) => status === 'open'
  const { state } = await stateOf(conversation, id, { enough })
  const other = otherThan(state, userId)
  if (other === undefined) throw notFound('conversation')
  return other
}
