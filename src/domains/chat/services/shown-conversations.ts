import { Type, type Static } from 'typebox'
import type { DocumentOf } from '#kernel'
import { conversations, messages, profiles } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { Caller } from '../../../serving/caller.ts'
import { shownAll } from '../../profiles/services/visibility.ts'
import { GigId, MediaId, OrderId, UserId } from '../../shared/index.ts'
import { ConversationId } from '../language.ts'
import { ShownMessage, shownMessage } from './shown-messages.ts'

const DateTime = Type.String({ format: 'date-time' })

const Participant = Type.Object({
  id: UserId,
  username: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  avatarMediaId: Type.Optional(MediaId),
  hasLeft: Type.Boolean({ description: 'Whether the user has left Agora' }),
})

/** A conversation in the list of one of its participants. */
export const ShownConversation = Type.Object({
  id: ConversationId,
  participant: Participant,
  gigId: Type.Optional(GigId),
  orderId: Type.Optional(OrderId),
  startedAt: DateTime,
  lastAt: DateTime,
  lastMessage: Type.Optional(ShownMessage),
  unread: Type.Integer({ description: 'Number of unread messages, counted up to 100' }),
  readUpTo: Type.Optional(DateTime),
  participantReadUpTo: Type.Optional(DateTime),
  participantReceivedUpTo: Type.Optional(DateTime),
})
type ShownConversation = Static<typeof ShownConversation>

/** Returns entries of conversations with their last messages and the names of the other participants, by two queries. */
export const shownConversations = async (
  readModels: ReadModels,
  caller: Caller,
  entries: readonly DocumentOf<typeof conversations>[],
): Promise<readonly ShownConversation[]> => {
  const userIds = entries.map(({ otherId }) => otherId)
  const messageIds = entries.flatMap(({ lastMessageId }) => lastMessageId ?? [])
  // With a limit above the number of keys, the store does not count the documents.
  const byId = (ids: readonly string[]) => ({ where: { id: { in: ids } }, limit: ids.length + 1 })
  const [people, lastMessages] = await Promise.all([
    readModels.find(profiles, byId(userIds)),
    readModels.find(messages, byId(messageIds)),
  ])
  const shown = await shownAll(readModels, caller, people.documents)
  const person = new Map(shown.map((one) => [one.userId, one]))
  const last = new Map(lastMessages.documents.map((one) => [one.id, shownMessage(one)]))
  return entries.map((entry) => {
    const { otherId, gigId, orderId, lastMessageId, otherReadUpTo, otherDeliveredUpTo } = entry
    const { username, name, avatarMediaId } = person.get(otherId) ?? {}
    const lastMessage = lastMessageId && last.get(lastMessageId)
    return {
      id: entry.conversationId,
      participant: {
        id: otherId,
        ...(username !== undefined && { username }),
        ...(name !== undefined && { name }),
        ...(avatarMediaId !== undefined && { avatarMediaId }),
        hasLeft: username === undefined,
      },
      ...(gigId !== undefined && { gigId }),
      ...(orderId !== undefined && { orderId }),
      startedAt: entry.startedAt,
      lastAt: entry.lastAt,
      ...(lastMessage && { lastMessage }),
      unread: entry.unread,
      ...(entry.readUpTo !== undefined && { readUpTo: entry.readUpTo }),
      ...(otherReadUpTo !== undefined && { participantReadUpTo: otherReadUpTo }),
      ...(otherDeliveredUpTo !== undefined && { participantReceivedUpTo: otherDeliveredUpTo }),
    }
  })
}
