import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { OrderId, UserId } from '../shared/index.ts'
import { conversation, conversationIdOf } from './conversation.ts'

const [ada, eve, bob] = ['a', 'b', 'c'].map((name) => derivedId(UserId, name)) as [
  UserId,
  UserId,
  UserId,
]
const participants: [UserId, UserId] = ada < eve ? [ada, eve] : [eve, ada]
const started = { type: 'ConversationStarted' as const, data: { startedBy: ada, participants } }
const [early, late] = ['2030-01-01T00:00:01.000Z', '2030-01-01T00:00:02.000Z'] as const
const mark = (upTo: string) => ({ userId: eve, otherId: ada, upTo })
const read = (upTo: string) => ({ type: 'MessagesRead' as const, data: mark(upTo) })
const delivered = (upTo: string) => ({ type: 'MessageDelivered' as const, data: mark(upTo) })
const noticed = (upTo: string) => ({ type: 'AbsenceNoticed' as const, data: mark(upTo) })
const left = { type: 'ParticipantLeft' as const, data: { userId: eve, otherId: ada } }
const whenRead = (upTo: string) =>
  ({ type: 'MarkMessagesRead', data: { userId: eve, upTo } }) as const
const whenDelivered = (upTo: string) =>
  ({ type: 'MarkDelivered', data: { userId: eve, upTo } }) as const
const whenNoticed = { type: 'RecordNotice', data: { userId: eve, upTo: late } } as const

describe('a conversation', () => {
  test('has the same id for both participants, and one for each order', () => {
    const orderId = derivedId(OrderId, 'one')
    expect(conversationIdOf(ada, eve, {})).toBe(conversationIdOf(eve, ada, {}))
    expect(conversationIdOf(ada, eve, { orderId })).not.toBe(conversationIdOf(ada, eve, {}))
    expect(conversationIdOf(ada, eve, { orderId })).not.toBe(
      conversationIdOf(ada, eve, { gigId: orderId }),
    )
  })

  test('starts once, between two', () => {
    const start = (participantId: UserId) =>
      ({ type: 'StartConversation', data: { startedBy: ada, participantId } }) as const
    given(conversation).when(start(eve)).yields(started)
    given(conversation, started).when(start(eve)).yields()
    given(conversation).when(start(ada)).refuses('TalksToThemselves')
  })

  test('is read onwards only', () => {
    given(conversation, started).when(whenRead(late)).yields(read(late))
    given(conversation, started, read(late)).when(whenRead(early)).yields()
  })

  test('is delivered onwards only, and what is read has been delivered', () => {
    given(conversation, started).when(whenDelivered(early)).yields(delivered(early))
    given(conversation, started, delivered(late)).when(whenDelivered(early)).yields()
    given(conversation, started, read(late)).when(whenDelivered(late)).yields()
  })

  test('has one notice of absence until its participant reads', () => {
    given(conversation, started).when(whenNoticed).yields(noticed(late))
    given(conversation, started, noticed(early)).when(whenNoticed).yields()
    given(conversation, started, noticed(early), read(early))
      .when(whenNoticed)
      .yields(noticed(late))
    given(conversation, started, read(early), noticed(late)).when(whenNoticed).yields()
  })

  test('has no marks of others, and none of those who have left', () => {
    const foreign = { userId: bob, upTo: late }
    given(conversation, started)
      .when({ type: 'MarkMessagesRead', data: foreign })
      .refuses('NotParticipant')
    given(conversation).when({ type: 'MarkDelivered', data: foreign }).refuses('NoSuchConversation')
    given(conversation, started, left).when(whenRead(late)).yields()
    given(conversation, started, left).when(whenDelivered(late)).yields()
    given(conversation, started, left).when(whenNoticed).yields()
  })

  test('is left once', () => {
    const leave = { type: 'LeaveConversation', data: { userId: eve } } as const
    given(conversation, started).when(leave).yields(left)
    given(conversation, started, left).when(leave).yields()
  })
})
