import { describe, test } from 'vitest'
import { derivedId } from '#kernel'
import { given, newId } from '#kernel/testing'
import { MediaId, UserId } from '../shared/index.ts'
import { ConversationId } from './conversation.ts'
import { message } from './message.ts'

const [senderId, recipientId] = [derivedId(UserId, 'ada'), derivedId(UserId, 'eve')]
const parties = { conversationId: newId(ConversationId), senderId, recipientId }
const sentAt = '2030-01-01T00:00:00.000Z'
const sent = { type: 'MessageSent' as const, data: { ...parties, text: 'Hello', sentAt } }
const withdrawn = { type: 'MessageWithdrawn' as const, data: { ...parties, sentAt } }
const forgotten = { type: 'MessageForgotten' as const, data: { ...parties, sentAt } }
const edit = { type: 'EditMessage' as const, data: { senderId, text: 'Hello!' } }
const withdraw = { type: 'WithdrawMessage' as const, data: { senderId } }
const at = (now: string) => ({ now, by: senderId })
const inTime = at('2030-01-01T00:15:00.000Z')
const late = at('2030-01-01T00:15:00.001Z')

describe('a message', () => {
  test('has a text, files, or both', () => {
    const mediaIds = [newId(MediaId)]
    const send = (content: object) =>
      given(message).when({ type: 'SendMessage', data: { ...parties, ...content } })
    send({ text: 'Hello' }).yields(sent)
    send({ mediaIds }).yields({ type: 'MessageSent', data: { ...parties, mediaIds, sentAt } })
    send({}).refuses('EmptyMessage')
  })

  test('takes its files along when it is withdrawn', () => {
    const mediaIds = [newId(MediaId)]
    given(message, { ...sent, data: { ...sent.data, mediaIds } })
      .when(withdraw, inTime)
      .yields(
        { type: 'MessageMediaChanged', data: { added: [], dropped: mediaIds, ended: true } },
        withdrawn,
      )
  })

  test('is sent once', () =>
    given(message, sent)
      .when({ type: 'SendMessage', data: { ...parties, text: 'Hello' } })
      .yields())

  test('is changed for 15 minutes', () => {
    given(message, sent)
      .when(edit, inTime)
      .yields({ type: 'MessageEdited', data: { ...parties, text: 'Hello!' } })
    given(message, sent).when(withdraw, inTime).yields(withdrawn)
    given(message, sent).when(edit, late).refuses('TooLate')
    given(message, sent).when(withdraw, late).refuses('TooLate')
  })

  test('is changed by its author only', () => {
    const data = { senderId: recipientId }
    given(message, sent).when({ type: 'WithdrawMessage', data }, inTime).refuses('NotAuthor')
    given(message, sent)
      .when({ type: 'EditMessage', data: { ...data, text: 'Bye' } }, inTime)
      .refuses('NotAuthor')
  })

  test('is not changed once it is withdrawn or forgotten', () => {
    given(message, sent, withdrawn).when(edit, inTime).refuses('AlreadyWithdrawn')
    given(message, sent, withdrawn).when(withdraw, inTime).yields()
    given(message, sent, forgotten).when(edit, inTime).refuses('NoSuchMessage')
    given(message).when(withdraw, inTime).refuses('NoSuchMessage')
  })

  test('is forgotten once', () => {
    const forget = { type: 'ForgetMessage' as const, data: {} }
    given(message, sent).when(forget).yields(forgotten)
    given(message, sent, forgotten).when(forget).yields()
    given(message).when(forget).yields()
  })
})
