import { expect, test } from 'vitest'
import { folding, newId, recorded } from '#kernel/testing'
import { ConversationId } from '../domains/chat/language.ts'
import { GigId, UserId } from '../domains/shared/index.ts'
import { firstAnswers } from './first-answers.ts'

const [buyer, seller] = [newId(UserId), newId(UserId)]
const conversationId = newId(ConversationId)

const started = (startedBy: UserId) => {
  const data = { startedBy, participants: [buyer, seller], gigId: newId(GigId), sellerId: seller }
  return recorded(`conversation-${conversationId}`, { type: 'ConversationStarted', data })
}
const sent = (senderId: UserId, minute: number) => {
  const sentAt = `2030-01-01T10:0${minute}:00.000Z`
  const to = senderId === buyer ? seller : buyer
  const data = { conversationId, senderId, recipientId: to, text: 'Hello', sentAt }
  return recorded(`message-${newId(ConversationId)}`, { type: 'MessageSent', data })
}

test('the first answer of a seller counts from the first question of a buyer', () =>
  expect(
    folding(firstAnswers, started(buyer), sent(buyer, 0), sent(buyer, 1), sent(seller, 2)).into(
      conversationId,
    ),
  ).toMatchObject({ answeredAt: '2030-01-01T10:02:00.000Z', answeredIn: 120 }))

test('a conversation that the seller began has no first answer of a seller', () =>
  expect(
    folding(firstAnswers, started(seller), sent(seller, 0), sent(buyer, 2)).into(conversationId),
  ).toBeUndefined())
