import { restingOn } from '../../../runtime/resting-on.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { isBlocked } from '../../profiles/services/contact.ts'
import type { UserId } from '../../shared/index.ts'
import { conversation, type ConversationId } from '../language.ts'
import { otherIn } from './participation.ts'

/**
 * Records how far messages have reached a participant, or were read by them. The other participant does not learn of it
 * when one of the two blocks the other by then.
 * @param upTo time of the last of the messages
 * @returns the answer of the conversation
 * @throws Problem 404 as `otherIn`
 */
export const mark = async (
  executor: Executor,
  conversationId: ConversationId,
  {
    type,
    userId,
    upTo,
  }: {
    readonly type: 'MarkDelivered' | 'MarkMessagesRead'
    readonly userId: UserId
    readonly upTo: string
  },
  origin: Origin,
) => {
  const otherId = await otherIn(executor, conversationId, userId)
  return restingOn(
    executor,
    (look) => isBlocked(look, userId, otherId),
    (isHidden, bases) => {
      const data = { userId, upTo, ...(isHidden && { hidden: true as const }) }
      return executor.execute(conversation, conversationId, { type, data }, origin, { bases })
    },
  )
}
