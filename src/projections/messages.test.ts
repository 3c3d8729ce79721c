import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, newId, recorded } from '#kernel/testing'
import { ConversationId, message, MessageId } from '../domains/chat/language.ts'
import { MediaId, UserId } from '../domains/shared/index.ts'
import { messages } from './messages.ts'
import { projections } from './index.ts'
import { hasPlaces, placeAt, positionAt } from './places.ts'

const id = newId(MessageId)
const parties = {
  conversationId: newId(ConversationId),
  senderId: derivedId(UserId, 'ada'),
  recipientId: derivedId(UserId, 'eve'),
}
const sentAt = '2030-01-01T00:00:00.000Z'
const at = '2030-01-01T00:01:00.000Z'
const content = { text: 'Hello', mediaIds: [newId(MediaId)], sentAt }
const happened = (type: string, data: object, position = 12n) =>
  recorded(streamOf(message, id), { type, data: { ...parties, ...data } }, { at, position })
const sent = happened('MessageSent', content)
const place = placeAt(12n)
const { recipientId: _, ...shown } = parties

test('a message has a document until it is forgotten', () => {
  expect(folding(messages, sent).into(id)).toEqual({ id, ...shown, ...content, place })
  const forgotten = happened('MessageForgotten', { sentAt })
  expect(folding(messages, sent, forgotten).into(id)).toBeUndefined()
})

test('an edited message has its new text, a withdrawn one no content', () => {
  const edited = happened('MessageEdited', { text: 'Bye' }, 13n)
  expect(folding(messages, sent, edited).into(id)).toMatchObject({
    text: 'Bye',
    editedAt: at,
    place,
    changedPlace: placeAt(13n),
  })
  const withdrawn = happened('MessageWithdrawn', { sentAt }, 14n)
  expect(folding(messages, sent, edited, withdrawn).into(id)).toEqual({
    id,
    ...shown,
    sentAt,
    editedAt: at,
    withdrawnAt: at,
    place,
    changedPlace: placeAt(14n),
  })
})

test('places sort as their positions', () => {
  const positions = [9n, 10n, 999n, 10n ** 17n]
  expect(positions.map(placeAt).toSorted().map(positionAt)).toEqual(positions)
})

test('read models with places are known by their documents', () =>
  expect(projections.filter(hasPlaces).map(({ name }) => name)).toEqual([
    'notifications',
    'messages',
    'feed',
  ]))
