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
  /** Time of the first message since the participant's last one. */
  unansweredSince: Type.Optional(Timestamp),
  /** Time of the participant's latest answer: the first message after one of the other. */
  answeredAt: Type.Optional(Timestamp),
  /** How long that answer took, in seconds. */
  answeredIn: Type.Optional(Type.Integer({ minimum: 0 })),
})

/**
 * The conversations of each participant: an entry for each of the two, so that a list and its unread counts are read by
 * one index.
 */
export const conversations = projection({
  name: 'conversations',
  version: 2,
  store: 'mongo',
  within: 1_000,
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
  indexes: [['userId', 'lastAt'], ['awaitedSince'], ['userId', 'answeredAt']],
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
    if (senderId === entry.userId) return answering(sent, sentAt)
    const unreadAt = [...entry.unreadAt, sentAt].slice(-maxUnread)
    return awaiting({ ...sent, unreadAt, unansweredSince: entry.unansweredSince ?? sentAt })
  },
  MessageWithdrawn: (entry, { data }) => without(entry, data),
  MessageForgotten: (entry, { data }) => without(entry, data),
  MessageDelivered: (entry, { data: { userId, upTo, hidden } }) => {
    if (!entry) return undefined
    if (userId === entry.userId) return awaiting({ ...entry, deliveredUpTo: upTo })
    return hidden ? entry : { ...entry, otherDeliveredUpTo: upTo }
  },
  MessagesRead: (entry, { data: { userId, upTo, hidden } }) => {
    if (!entry) return undefined
    if (userId !== entry.userId) return hidden ? entry : { ...entry, otherReadUpTo: upTo }
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

/** Returns an entry after a message of its participant; the first one after messages of the other is an answer. */
const answering = (sent: Entry, sentAt: string): Entry => {
  const { unansweredSince: since, ...entry } = sent
  if (since === undefined) return entry
  const waited = Date.parse(sentAt) - Date.parse(since)
  // Times are of different processes.
  return { ...entry, answeredAt: sentAt, answeredIn: Math.max(0, Math.round(waited / 1_000)) }
}

/** An entry without a message of the other that is no longer there: it is neither unread nor awaits an answer. */
const without = (
  entry: Entry | undefined,
  { recipientId, sentAt }: { readonly recipientId: string; readonly sentAt: string },
): Entry | undefined => {
  if (!entry || entry.userId !== recipientId) return entry
  const { unansweredSince: since, ...others } = entry
  const left: Entry =
    since === undefined || since === sentAt ? others : { ...others, unansweredSince: since }
  const index = left.unreadAt.indexOf(sentAt)
  return index < 0 ? left : awaiting({ ...left, unreadAt: left.unreadAt.toSpliced(index, 1) })
}
