import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { asId, Fields, Timestamp, type DocumentOf, type RecordedEvent } from '#kernel'
import { positionAt, type messages } from '../../../projections/index.ts'
import { Position, tell } from '../../../serving/message.ts'
import type { MessageOf } from '../../../serving/topic.ts'
import { message, MessageId } from '../language.ts'
import { messageFields, shownMessage } from './shown-messages.ts'

type Document = DocumentOf<typeof messages>

const { text: _, mediaIds: __, ...identity } = messageFields

/** Messages of the server about the messages of a conversation. */
export const pushes = {
  'message:new': tell(
    'A message of a conversation that the socket has joined.',
    Fields({ ...messageFields, withdrawnAt: Type.Optional(Timestamp), position: Position }),
    ['MessageSent'],
  ),
  'message:edited': tell(
    'The text of a message has changed. Of several changes, the latest text comes with each.',
    Fields({
      ...messageFields,
      editedAt: Timestamp,
      position: Position,
    }),
    ['MessageEdited'],
  ),
  'message:withdrawn': tell(
    'A message was withdrawn, or its sender has left; it has no content any more.',
    Fields({ ...identity, withdrawnAt: Timestamp, position: Position }),
    ['MessageWithdrawn', 'MessageForgotten'],
  ),
}

/** A message of the server about a message, with the position of its event. */
export type Pushed = MessageOf<typeof pushes> & { readonly at: bigint }

/** Returns the push of a new message; without its content when it was withdrawn since. */
export const newMessage = (document: Document): Pushed => {
  const { editedAt: _edited, ...sent } = shownMessage(document)
  return { name: 'message:new', payload: sent, at: positionAt(document.place) }
}

/** Returns the push of a change. @param at position of the change @returns undefined for a message as it was sent */
export const changedMessage = (document: Document, at: bigint): Pushed | undefined => {
  const { withdrawnAt, editedAt, ...sent } = shownMessage(document)
  const position = String(at)
  if (withdrawnAt !== undefined) {
    const { text: _text, mediaIds: _media, ...rest } = sent
    return { name: 'message:withdrawn', payload: { ...rest, withdrawnAt, position }, at }
  }
  if (editedAt === undefined) return undefined
  return { name: 'message:edited', payload: { ...sent, editedAt, position }, at }
}

/** Returns the push of the end of a message whose sender has left; undefined for other events. */
export const endedMessage = ({
  id,
  type,
  at: withdrawnAt,
  position: at,
  data,
}: RecordedEvent): Pushed | undefined => {
  const { MessageForgotten } = message.events
  if (type !== 'MessageForgotten' || !Check(MessageForgotten, data)) return undefined
  const { conversationId, senderId, sentAt } = data
  const ended = { id: asId(MessageId, id), conversationId, senderId, sentAt, withdrawnAt }
  return { name: 'message:withdrawn', payload: { ...ended, position: String(at) }, at }
}
