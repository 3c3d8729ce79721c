import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { ConversationId, message, MessageId } from '../domains/chat/language.ts'
import { MediaId, Text, UserId } from '../domains/shared/index.ts'
import { Place, placeAt } from './places.ts'

/** The messages of all conversations. `place` orders them as the log does. */
export const messages = projection({
  name: 'messages',
  version: 2,
  store: 'mongo',
  within: 1_000,
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
    place: Place,
    /** Of the last change; absent while the message is as it was sent. */
    changedPlace: Type.Optional(Place),
  }),
  from: [message],
  key: 'id',
  beginsWith: [message],
  indexes: [['conversationId', 'place'], ['conversationId', 'changedPlace'], ['senderId']],
}).rules({
  MessageSent: (_, { id, position, data: { recipientId: _other, ...sent } }) => ({
    id,
    ...sent,
    place: placeAt(position),
  }),
  MessageEdited: (document, { at, position, data: { text } }) =>
    document && { ...document, text, editedAt: at, changedPlace: placeAt(position) },
  MessageWithdrawn: (document, { at, position }) => {
    if (!document) return undefined
    const { text: _, mediaIds: __, ...rest } = document
    return { ...rest, withdrawnAt: at, changedPlace: placeAt(position) }
  },
  MessageForgotten: () => undefined,
})
