import { isRefusal } from '#kernel'
import { conversations, entryIdOf } from '../../../projections/index.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { UserId } from '../../shared/index.ts'
import { conversation, type ConversationId } from '../language.ts'
import { mark } from './marking.ts'
import { otherIn } from './participation.ts'

/**
 * Marks all messages of a conversation as read that have been sent so far.
 * @returns the time of the last read message, if any was unread, and a position that shows it
 * @throws Problem 404 as `otherIn`
 */
export const markRead = async (
  { executor, readModels }: { readonly executor: Executor; readonly readModels: ReadModels },
  conversationId: ConversationId,
  userId: UserId,
  origin: Origin,
): Promise<{ readonly position: bigint; readonly upTo?: string }> => {
  await otherIn(executor, conversationId, userId)
  const { document, position } = await readModels.get(
    conversations,
    entryIdOf(conversationId, userId),
    await readModels.reach(conversations, 'head'),
  )
  const upTo = document?.unreadAt.toSorted().at(-1)
  if (upTo === undefined) return { position }
  const read = { type: 'MarkMessagesRead' as const, userId, upTo }
  const answer = await mark(executor, conversationId, read, origin)
  if (isRefusal(answer)) throw refusalProblem(conversation, answer)
  return { position: answer.position, upTo }
}
