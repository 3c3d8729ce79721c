import { describe, expect, test } from 'vitest'
import type { Message } from './chat-queries.ts'
import type { Outgoing } from './outbox.ts'
import {
  byDay,
  heardUpTo,
  laterMarks,
  messagesOf,
  nothingHeard,
  reachedBy,
  withChange,
  withNew,
  withOutgoing,
} from './timeline.ts'

const at = (minute: number): string => `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`

/** A message at a position, which is its minute too. */
const message = (position: number, more: Partial<Message> = {}): Message => ({
  id: `m${position}`,
  conversationId: 'c',
  senderId: 'ann',
  text: `Text ${position}`,
  sentAt: at(position),
  position: String(position),
  ...more,
})

const outgoing = (more: Partial<Outgoing> = {}): Outgoing => ({
  key: 'k',
  conversationId: 'c',
  text: 'Hello',
  after: '5',
  writtenAt: at(5),
  status: 'sending',
  ...more,
})

const idsOf = (messages: readonly Message[]): readonly string[] => messages.map(({ id }) => id)

describe('messages of a conversation', () => {
  test('are what queries read and sockets brought, each once, by position', () => {
    const heard = [message(10), message(9), message(2)].reduce(withNew, nothingHeard)
    expect(idsOf(messagesOf([message(9), message(1), message(2)], heard))).toEqual([
      'm1',
      'm2',
      'm9',
      'm10',
    ])
  })

  test('have their last change, whichever way it came', () => {
    const edited = withChange(nothingHeard, 'm1', { text: 'Two', editedAt: at(3) }, '3')
    const again = withChange(edited, 'm1', { text: 'Three', editedAt: at(4) }, '4')
    expect(messagesOf([message(1)], again)[0]).toMatchObject({ text: 'Three', editedAt: at(4) })
    const read = message(1, { text: 'Two', editedAt: at(3) })
    expect(messagesOf([read], withNew(nothingHeard, message(1)))[0]).toMatchObject({ text: 'Two' })
    expect(messagesOf([], again)).toEqual([])
  })

  test('stay withdrawn, and have no content then', () => {
    const files = message(1, { mediaIds: ['f'] })
    const withdrawn = withChange(nothingHeard, 'm1', { withdrawnAt: at(2) }, '2')
    const late = withChange(withdrawn, 'm1', { text: 'Late', editedAt: at(1) }, '1')
    for (const heard of [withdrawn, late]) {
      const [shown] = messagesOf([files], heard)
      expect(shown).toMatchObject({ withdrawnAt: at(2) })
      expect(shown).not.toHaveProperty('text')
      expect(shown).not.toHaveProperty('mediaIds')
    }
    const gone = message(1, { withdrawnAt: at(2) })
    expect(messagesOf([gone], withNew(nothingHeard, message(1)))[0]).toMatchObject({
      withdrawnAt: at(2),
    })
  })

  test('are asked for from the latest position that was read or heard', () => {
    expect(heardUpTo('12', nothingHeard)).toBe('12')
    const heard = withNew(nothingHeard, message(100))
    expect(heardUpTo('12', heard)).toBe('100')
    expect(heardUpTo('12', withChange(heard, 'm1', { withdrawnAt: at(1) }, '99'))).toBe('100')
    expect(heardUpTo('12', withChange(heard, 'm1', { withdrawnAt: at(1) }, '101'))).toBe('101')
  })

  test('are grouped by their day, in order', () => {
    const days = byDay([message(1), message(2), message(30)], (moment) => moment.slice(0, 15))
    expect(days.map(([day, all]) => [day, all.length])).toEqual([
      ['2026-03-01T10:0', 2],
      ['2026-03-01T10:3', 1],
    ])
  })
})

describe('a message on its way', () => {
  const own = message(7, { senderId: 'me', text: 'Hello' })
  const shown = (messages: readonly Message[], ...all: readonly Outgoing[]) => {
    const result = withOutgoing(messages, all, 'me')
    return [idsOf(result.messages), result.outgoing.map(({ key }) => key)]
  }

  test('is shown once, before and after its acknowledgement', () => {
    expect(shown([], outgoing())).toEqual([[], ['k']])
    expect(shown([own], outgoing())).toEqual([[], ['k']])
    expect(shown([own], outgoing({ id: 'm7', status: 'sent' }))).toEqual([['m7'], []])
    expect(shown([], outgoing({ id: 'm7', status: 'sent' }))).toEqual([[], ['k']])
  })

  test('hides no other message', () => {
    const others = [
      message(6, { text: 'Hello' }),
      message(4, { senderId: 'me', text: 'Hello' }),
      message(8, { senderId: 'me', text: 'Hello you' }),
      message(9, { senderId: 'me', text: 'Hello', mediaIds: ['f'] }),
    ]
    expect(shown(others, outgoing())[0]).toEqual(['m6', 'm4', 'm8', 'm9'])
  })

  test('is told from another of the same text', () => {
    const second = message(8, { senderId: 'me', text: 'Hello' })
    const first = outgoing({ id: 'm7', status: 'sent' })
    expect(shown([own, second], first, outgoing({ key: 'k2' }))).toEqual([['m7'], ['k2']])
    expect(shown([own], outgoing(), outgoing({ key: 'k2' }))).toEqual([[], ['k', 'k2']])
  })
})

describe('marks', () => {
  test('say how far a message has come', () => {
    const marks = { received: at(3), read: at(2) }
    expect([2, 3, 4].map((minute) => reachedBy(at(minute), marks))).toEqual([
      'read',
      'delivered',
      'sent',
    ])
    expect(reachedBy(at(1), { received: undefined, read: undefined })).toBe('sent')
  })

  test('never go back', () => {
    const none = { received: undefined, read: undefined }
    const late = { received: at(5), read: at(4) }
    for (const [one, other] of [
      [none, late],
      [late, none],
      [late, { received: at(4), read: at(3) }],
    ] as const)
      expect(laterMarks(one, other)).toEqual(late)
  })
})
