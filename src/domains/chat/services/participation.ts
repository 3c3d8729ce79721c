import type { Executor } from '../../../runtime/execution.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import type { UserId } from '../../shared/index.ts'
import { conversation, otherThan, type ConversationId } from '../language.ts'

/**
 * Returns the other participant of a conversation. The participants never change, so that a cached state is enough.
 * @throws Problem 404 when there is no such conversation, 403 when the user does not take part
 */
export const otherIn = async (
  { stateOf }: Pick<Executor, 'stateOf'>,
  id: ConversationId,
  userId: UserId,
): Promise<UserId> => {
  const enough = ({ status }: { readonly status: string }) => status === 'open'
  const { state } = await stateOf(conversation, id, { enough })
  if (state.status === 'none') throw notFound('conversation')
  const other = otherThan(state, userId)
  if (other === undefined) throw forbidden('This conversation is between other users.')
  return other
}
