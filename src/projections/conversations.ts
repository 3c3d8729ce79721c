import { Type, type Static } from 'typebox'
import { derivedId, Fields, Id, projection, Timestamp } from '#kernel'
import { conversation, ConversationId, message, MessageId } from '../domains/chat/language.ts'
import { GigId, OrderId, UserId } from '../domains/shared/index.ts'

/** Number of unread messages up to which they are counted. */
export const maxUnread = 100

const EntryId = Id('ConversationEntryId')

/** Returns the key of a participant's entry of a conversation. */
export const entryIdOf = (conversationId: string, userId: string) =>
  derivedId(EntryId, 'conversation-entry', conversationId, userId)

const Entry = Fields({
  id: EntryId,
  conversationId: ConversationId,
  userId: UserId,
  otherId: UserId,
  gigId: Type.Optional(GigId),
  orderId: Type.Optional(OrderId),
  startedAt: Timestamp,
  /** Time of the last message, or of the start. */
  lastAt: Timestamp,
  lastMessageId: Type.Optional(MessageId),
  /** Number of unread messages, counted up to 100. */
  unread: Type.Integer({ minimum: 0, maximum: maxUnread }),
  /** Times of the newest unread messages, in order of the log. */
  unreadAt: Type.Array(Timestamp, { maxItems: maxUnread }),
  readUpTo: Type.Optional(Timestamp),
  deliveredUpTo: Type.Optional(Timestamp),
  otherReadUpTo: Type.Optional(Timestamp),
  otherDeliveredUpTo: Type.Optional(Timestamp),
  /** Whether the participant was notified of messages since they last read. */
  isNoticed: Type.Boolean(),
  /** Time of the oldest message that has not reached the participant, unless they were notified. */
  awaitedSince: Type.Optional(Timestamp),
})

/**
 * The conversations of each participant: an entry for each of the two, so that a list and its unread counts are read by
 * one index.
 */
export const conversations = projection({
  name: 'conversations',
  store: 'mongo',
  document: Entry,
  from: [conversation, message],
  key: (event) => {
    switch (event.type) {
      case 'ConversationStarted':
        return event.data.participants.map((userId) => entryIdOf(event.id, userId))
      case 'MessageSent':
      case 'MessageWithdrawn':
      case 'MessageForgotten': {
        const { conversationId, senderId, recipientId } = event.data
        return [senderId, recipientId].map((userId) => entryIdOf(conversationId, userId))
      }
      case 'MessageDelivered':
      case 'MessagesRead':
      case 'ParticipantLeft':
        return [event.data.userId, event.data.otherId].map((userId) => entryIdOf(event.id, userId))
      case 'AbsenceNoticed':
        return entryIdOf(event.id, event.data.userId)
      default:
        return undefined
    }
  },
  beginsWith: [conversation],
  indexes: [['userId', 'lastAt'], ['awaitedSince']],
}).rules({
  ConversationStarted: (_, { id, at, data: { participants, gigId, orderId } }, key) => {
    const [one, other] = participants
    const isOne = entryIdOf(id, one) === key
    return {
      id: entryIdOf(id, isOne ? one : other),
      conversationId: id,
      userId: isOne ? one : other,
      otherId: isOne ? other : one,
      ...(gigId !== undefined && { gigId }),
      ...(orderId !== undefined && { orderId }),
      startedAt: at,
      lastAt: at,
      unread: 0,
      unreadAt: [],
      isNoticed: false,
    }
  },
  MessageSent: (entry, { id: lastMessageId, data: { senderId, sentAt } }) => {
    if (!entry) return undefined
    const sent = { ...entry, lastAt: sentAt, lastMessageId }
    if (senderId === entry.userId) return sent
    const unreadAt = [...entry.unreadAt, sentAt].slice(-maxUnread)
    return awaiting({ ...sent, unreadAt })
  },
  MessageWithdrawn: (entry, { data }) => without(entry, data),
  MessageForgotten: (entry, { data }) => without(entry, data),
  MessageDelivered: (entry, { data: { userId, upTo } }) => {
    if (!entry) return undefined
    return userId === entry.userId
      ? awaiting({ ...entry, deliveredUpTo: upTo })
      : { ...entry, otherDeliveredUpTo: upTo }
  },
  MessagesRead: (entry, { data: { userId, upTo } }) => {
    if (!entry) return undefined
    if (userId !== entry.userId) return { ...entry, otherReadUpTo: upTo }
    const unreadAt = entry.unreadAt.filter((sentAt) => sentAt > upTo)
    return awaiting({ ...entry, unreadAt, readUpTo: upTo, isNoticed: false })
  },
  AbsenceNoticed: (entry) => entry && awaiting({ ...entry, isNoticed: true }),
  ParticipantLeft: (entry, { data: { userId } }) => (userId === entry?.userId ? undefined : entry),
})

type Entry = Static<typeof Entry>

/** Updates what follows from the unread messages and marks of an entry. */
const awaiting = (changed: Entry): Entry => {
  const { awaitedSince: _, ...entry } = changed
  const { unreadAt, deliveredUpTo = '', isNoticed } = entry
  const since = isNoticed ? undefined : unreadAt.find((sentAt) => sentAt > deliveredUpTo)
  return {
    ...entry,
    unread: unreadAt.length,
    ...(since !== undefined && { awaitedSince: since }),
  }
}

/** An entry without an unread message that is no longer there. */
const without = (
  entry: Entry | undefined,
  { recipientId, sentAt }: { readonly recipientId: string; readonly sentAt: string },
): Entry | undefined => {
  if (!entry || entry.userId !== recipientId) return entry
  const index = entry.unreadAt.indexOf(sentAt)
  return index < 0 ? entry : awaiting({ ...entry, unreadAt: entry.unreadAt.toSpliced(index, 1) })
}
