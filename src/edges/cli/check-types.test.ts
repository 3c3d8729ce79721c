import { expect, test } from 'vitest'
import { checkTypes } from './check-types.ts'
import type { ReplaySource } from './replay-source.ts'

const declared = async () => new Set(['OrderPlaced', 'OrderPaid'])

/** A log of 2,500 events whose last one has a type of another program. */
const source: ReplaySource = {
  via: 'direct',
  head: async () => 2_500n,
  page: async (after, limit, wanted) => {
    const position = after + BigInt(limit) < 2_500n ? after + BigInt(limit) : 2_500n
    const caughtUp = position === 2_500n
    const event = {
      eventId: '1',
      stream: 'foreign-1',
      type: 'Foreign',
      revision: 0,
      position: '2500',
      at: '2030-01-01T00:00:00.000Z',
      data: '***',
      metadata: {},
    }
    return {
      events: caughtUp && wanted?.types?.includes('Foreign') ? [event] : [],
      position,
      caughtUp,
    }
  },
  [Symbol.asyncDispose]: async () => undefined,
}

test('declared types are known, and those that other programs have appended', async () => {
  for (const types of [['OrderPlaced', 'OrderPaid'], ['Foreign']])
    await expect(checkTypes(source, types, declared)).resolves.toBeUndefined()
})

test.each([
  [['Nope'], 'No event type "Nope" is known; docs/events.md lists them'],
  [['OrderPaid', 'OrderPlacd'], 'No event type "OrderPlacd" is known; did you mean OrderPlaced?'],
])('an unknown type is refused: %j', async (types, message) => {
  await expect(checkTypes(source, types, declared)).rejects.toThrow(message)
})
