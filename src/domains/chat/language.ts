// Public part of this context: its deciders, ids and types.

export {
  conversation,
  ConversationId,
  conversationIdOf,
  otherThan,
  type Topic,
} from './conversation.ts'
export { message, MessageId, MessageMedia, MessageText } from './message.ts'
