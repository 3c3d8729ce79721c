import { expect, test } from 'vitest'
import { causation, type Caused, type TracedEvent } from './causation.ts'

const event = (eventId: string, causedBy?: string): TracedEvent => ({
  eventId,
  type: 'OrderPlaced',
  stream: `order-${eventId}`,
  revision: 0,
  position: '1',
  at: '2030-01-01T00:00:00.000Z',
  actor: 'ada',
  commandId: 'c',
  ...(causedBy !== undefined && { causedBy }),
})

const namesOf = (trees: readonly Caused[]): unknown =>
  trees.map(({ event: { eventId }, effects }) => [eventId, namesOf(effects)])

test('each event stands below the one that led to it, in the order of the log', () => {
  const events = [event('a'), event('b', 'a'), event('c'), event('d', 'b'), event('e', 'a')]
  expect(namesOf(causation(events))).toStrictEqual([
    [
      'a',
      [
        ['b', [['d', []]]],
        ['e', []],
      ],
    ],
    ['c', []],
  ])
})

test('an event whose cause was not found begins a tree', () => {
  expect(namesOf(causation([event('b', 'earlier'), event('c', 'b')]))).toStrictEqual([
    ['b', [['c', []]]],
  ])
})
