import { describe, expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, newId, recorded } from '#kernel/testing'
import { conversation, conversationIdOf, message, MessageId } from '../domains/chat/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { conversations, entryIdOf, maxUnread } from './conversations.ts'

const [ada, eve] = [derivedId(UserId, 'ada'), derivedId(UserId, 'eve')]
const id = conversationIdOf(ada, eve, {})
const stream = streamOf(conversation, id)
const time = (second: number) => new Date(1_893_456_000_000 + second * 1_000).toISOString()
const happened = (type: string, data: object) => recorded(stream, { type, data })
const participants = [ada, eve].toSorted()
const started = happened('ConversationStarted', { startedBy: ada, participants })
const ofMessage = (type: string, second: number, [senderId, recipientId] = [ada, eve]) =>
  recorded(streamOf(message, newId(MessageId)), {
    type,
    data: { conversationId: id, senderId, recipientId, sentAt: time(second) },
  })
const sent = (second: number) => ofMessage('MessageSent', second)
const marked = (type: string, second: number) =>
  happened(type, { userId: eve, otherId: ada, upTo: time(second) })
const of = (userId: UserId) => entryIdOf(id, userId)
const ofEve = (...events: Parameters<typeof folding>[1][]) =>
  folding(conversations, started, ...events).into(of(eve))

describe('the entry of a conversation', () => {
  test('counts the messages of the other participant until they are read', () => {
    const events = [sent(1), sent(2), sent(3)]
    expect(ofEve(...events)).toMatchObject({ userId: eve, otherId: ada, unread: 3 })
    expect(folding(conversations, started, ...events).into(of(ada))).toMatchObject({
      userId: ada,
      unread: 0,
      lastAt: time(3),
    })
    const half = [...events, marked('MessagesRead', 2)]
    expect(ofEve(...half)).toMatchObject({ unread: 1, readUpTo: time(2) })
    expect(folding(conversations, started, ...half).into(of(ada))).toMatchObject({
      otherReadUpTo: time(2),
    })
  })

  test('counts up to a limit, and never more', () => {
    const many = Array.from({ length: maxUnread + 20 }, (_, second) => sent(second))
    expect(ofEve(...many)).toMatchObject({ unread: maxUnread })
    expect(ofEve(...many, marked('MessagesRead', maxUnread + 18))).toMatchObject({ unread: 1 })
  })

  test('does not count a withdrawn message, and counts it once', () => {
    const withdrawn = ofMessage('MessageWithdrawn', 2)
    expect(ofEve(sent(1), sent(2), withdrawn)).toMatchObject({ unread: 1, unreadAt: [time(1)] })
    expect(ofEve(sent(1), sent(2), withdrawn, withdrawn)).toMatchObject({ unread: 1 })
  })

  test('awaits a notice from its oldest message that has not reached the participant', () => {
    expect(ofEve(sent(1), sent(2))).toMatchObject({ awaitedSince: time(1) })
    expect(ofEve(sent(1), sent(2), marked('MessageDelivered', 1))).toMatchObject({
      awaitedSince: time(2),
    })
    expect(ofEve(sent(1), marked('MessageDelivered', 1))).not.toHaveProperty('awaitedSince')
    expect(ofEve(sent(1), marked('MessagesRead', 1))).not.toHaveProperty('awaitedSince')
  })

  test('awaits no second notice until the participant has read', () => {
    const noticed = [sent(1), marked('AbsenceNoticed', 1), sent(2)]
    expect(ofEve(...noticed)).not.toHaveProperty('awaitedSince')
    expect(ofEve(...noticed, marked('MessagesRead', 2), sent(3))).toMatchObject({
      awaitedSince: time(3),
    })
  })

  test('does not show a mark that is hidden from the other participant', () => {
    const hidden = (type: string) =>
      happened(type, { userId: eve, otherId: ada, upTo: time(1), hidden: true })
    const events = [sent(1), hidden('MessageDelivered'), hidden('MessagesRead')]
    expect(ofEve(...events)).toMatchObject({ unread: 0, deliveredUpTo: time(1), readUpTo: time(1) })
    const ofAda = folding(conversations, started, ...events).into(of(ada))
    expect(ofAda).not.toHaveProperty('otherReadUpTo')
    expect(ofAda).not.toHaveProperty('otherDeliveredUpTo')
  })

  test('has the time of the latest answer: from the first message that had none', () => {
    const answer = (second: number) => ofMessage('MessageSent', second, [eve, ada])
    expect(ofEve(answer(1))).not.toHaveProperty('answeredAt')
    const answered = [sent(1), sent(5), answer(61), answer(70)]
    expect(ofEve(...answered)).toMatchObject({ answeredAt: time(61), answeredIn: 60 })
    const again = [...answered, sent(80), answer(90)]
    expect(ofEve(...again)).toMatchObject({ answeredAt: time(90), answeredIn: 10 })
    expect(folding(conversations, started, ...again).into(of(ada))).toMatchObject({
      answeredAt: time(80),
      answeredIn: 19,
    })
    // Clocks of processes differ.
    expect(ofEve(sent(9), answer(8))).toMatchObject({ answeredIn: 0 })
  })

  test('awaits no answer to a message that was withdrawn', () => {
    const answer = ofMessage('MessageSent', 9, [eve, ada])
    const withdrawn = ofMessage('MessageWithdrawn', 1)
    expect(ofEve(sent(1), withdrawn, answer)).not.toHaveProperty('answeredAt')
    expect(ofEve(sent(1), sent(2), ofMessage('MessageWithdrawn', 2), answer)).toMatchObject({
      answeredIn: 8,
    })
  })

  test('ends when its participant leaves; the other one keeps theirs', () => {
    const left = happened('ParticipantLeft', { userId: eve, otherId: ada })
    expect(ofEve(sent(1), left)).toBeUndefined()
    expect(ofEve(left, sent(1))).toBeUndefined()
    expect(folding(conversations, started, left).into(of(ada))).toMatchObject({ otherId: eve })
  })
})
