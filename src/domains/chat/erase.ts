import { conversations, messages } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import { conversation, message } from './language.ts'

/** Erases the messages that a person sent, and ends their part in conversations; the other participants keep theirs. */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const left = await forEachDocument(
    readModels,
    conversations,
    { where: { userId } },
    async ({ conversationId }) => {
      const command = { type: 'LeaveConversation' as const, data: { userId } }
      await execute(conversation, conversationId, command, derivedOrigin(origin, conversationId))
    },
  )
  const forgotten = await forEachDocument(
    readModels,
    messages,
    { where: { senderId: userId } },
    async ({ id }) => {
      const command = { type: 'ForgetMessage' as const, data: {} }
      await execute(message, id, command, derivedOrigin(origin, id))
    },
  )
  return { awaited: 0, counts: { conversations: left, messages: forgotten } }
}
