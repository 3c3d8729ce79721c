import { Type, type Static } from 'typebox'
import type { DocumentOf } from '#kernel'
import { messages, positionAt } from '../../../projections/index.ts'
import { Position } from '../../../serving/message.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { ConversationId, MessageId } from '../language.ts'

/** Fields of a message, in answers over HTTP and in pushes. */
export const messageFields = {
  id: MessageId,
  conversationId: ConversationId,
  senderId: UserId,
  text: Type.Optional(Type.String({ description: 'Absent in messages of files alone' })),
  mediaIds: Type.Optional(Type.Array(MediaId)),
  sentAt: Type.String({ format: 'date-time' }),
}

/** A message as participants see it. */
export const ShownMessage = Type.Object({
  ...messageFields,
  editedAt: Type.Optional(Type.String({ format: 'date-time' })),
  withdrawnAt: Type.Optional(Type.String({ format: 'date-time' })),
  position: Position,
})
export type ShownMessage = Static<typeof ShownMessage>

/** Returns a message as participants see it. */
export const shownMessage = (document: DocumentOf<typeof messages>): ShownMessage => {
  const { place, changedPlace: _, ...sent } = document
  return { ...sent, position: String(positionAt(place)) }
}
