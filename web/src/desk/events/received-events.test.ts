import { expect, test } from 'vitest'
import type { LogEvent } from './event-queries.ts'
import { noneReceived, withEvent, type Received } from './received-events.ts'

const event = (position: string): LogEvent => ({
  eventId: position,
  stream: 'order-1',
  type: 'OrderPlaced',
  revision: 0,
  position,
  at: '2030-01-01T00:00:00.000Z',
  data: {},
  metadata: {},
})

const received = (...positions: readonly string[]): Received =>
  positions.reduce((all, one) => withEvent(all, event(one), 3), noneReceived)

test('the newest events are kept, the last one first, and all are counted', () => {
  const { events, count, position } = received('1', '2', '3', '10')
  expect(events.map((one) => one.position)).toStrictEqual(['10', '3', '2'])
  expect([count, position]).toStrictEqual([4, '10'])
})

test('an event that comes twice is there once', () => {
  expect(received('9', '10', '9', '10')).toStrictEqual(received('9', '10'))
})
