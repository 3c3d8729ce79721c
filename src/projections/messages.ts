import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { ConversationId, message, MessageId } from '../domains/chat/language.ts'
import { MediaId, Text, UserId } from '../domains/shared/index.ts'

/** Number of digits of a place: positions have 18 at most. */
const digits = 20

/**
 * Writes a position as a text that sorts as the number does: documents hold no integers of this size.
 * @param position of an event in the log
 */
export const placeAt = (position: bigint): string => String(position).padStart(digits, '0')

/** Returns the position that a place was written from. */
export const positionAt = (place: string): bigint => BigInt(place)

/** The messages of all conversations. `place` orders them as the log does. */
export const messages = projection({
  name: 'messages',
  store: 'mongo',
  document: Fields({
    id: MessageId,
    conversationId: ConversationId,
    senderId: UserId,
    /** Absent in messages of files alone, and in withdrawn ones. */
    text: Type.Optional(Text(1, 4_000)),
    mediaIds: Type.Optional(Type.Array(MediaId)),
    sentAt: Timestamp,
    editedAt: Type.Optional(Timestamp),
    withdrawnAt: Type.Optional(Timestamp),
    place: Type.String({ pattern: `^[0-9]{${digits}}$` }),
  }),
  from: [message],
  key: ({ id }) => id,
  beginsWith: [message],
  indexes: [['conversationId', 'place'], ['senderId']],
}).rules({
  MessageSent: (_, { id, position, data: { recipientId: _other, ...sent } }) => ({
    id,
    ...sent,
    place: placeAt(position),
  }),
  MessageEdited: (document, { at, data: { text } }) =>
    document && { ...document, text, editedAt: at },
  MessageWithdrawn: (document, { at }) => {
    if (!document) return undefined
    const { text: _, mediaIds: __, ...rest } = document
    return { ...rest, withdrawnAt: at }
  },
  MessageForgotten: () => undefined,
})
