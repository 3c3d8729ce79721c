import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Fields, projection, type AnyProjection } from '#kernel'
import type { MaskedEvent } from './answers.ts'
import { whatIf, type Problem } from './what-if.ts'

const declaration = {
  name: 'order',
  id: Type.String(),
  commands: {},
  events: {
    OrderPlaced: Fields({ userId: Type.String(), amount: Type.Number() }),
    OrderForgotten: Fields({ userId: Type.String() }),
    OrderNamed: Fields({ userId: Type.String(), names: Type.Array(Type.String()) }),
  },
  refusals: {},
}

const spending = projection({
  name: 'spending',
  store: 'postgres',
  within: 60_000,
  document: Fields({ orders: Type.Integer(), amount: Type.Integer() }),
  from: [declaration],
  key: ({ data: { userId } }) => {
    if (userId === 'nobody') throw new TypeError('nobody has no key')
    return userId === 'both' ? ['ada', 'bob'] : userId
  },
}).rules({
  OrderPlaced: (document, { data: { amount } }) => ({
    orders: (document?.orders ?? 0) + 1,
    amount: (document?.amount ?? 0) + amount,
  }),
  OrderNamed: (document, { data: { names } }) => {
    names.map((name) => name)
    return document
  },
  OrderForgotten: () => undefined,
})

const history = (...events: readonly (readonly [string, string, object])[]): MaskedEvent[] =>
  events.map(([stream, type, data], at) => ({
    eventId: `event-${at + 1}`,
    stream,
    type,
    revision: 0,
    position: String(at + 1),
    at: '2030-01-01T00:00:00.000Z',
    data,
    metadata: {},
  }))

const placed = (userId: string, amount: number, stream = `order-of-${userId}`) =>
  [stream, 'OrderPlaced', { userId, amount }] as const

const run = (events: readonly MaskedEvent[], only?: string, what: AnyProjection = spending) => {
  const problems: Problem[] = []
  const { documents, take } = whatIf(what, { only, onProblem: (it) => problems.push(it) })
  // One event per page.
  for (const event of events) take([event])
  return { documents: Object.fromEntries(documents), problems }
}

describe('a projection in memory', () => {
  test('has the documents that its rules fold from the events', () => {
    const events = history(placed('ada', 1), placed('bob', 2), placed('both', 3))
    expect(run(events)).toEqual({
      documents: { ada: { orders: 2, amount: 4 }, bob: { orders: 2, amount: 5 } },
      problems: [],
    })
  })

  test('has no documents that a rule removed, and none for events that it does not read', () => {
    const events = history(
      placed('ada', 1),
      ['order-of-ada', 'OrderForgotten', { userId: 'ada' }],
      ['order-of-bob', 'OrderShipped', { userId: 'bob' }],
      ['order-of-nobody', 'OrderShipped', { userId: 'nobody' }],
    )
    expect(run(events)).toEqual({ documents: {}, problems: [] })
  })

  test('has only the selected document', () => {
    const events = history(placed('ada', 1), placed('bob', 2), placed('both', 3))
    expect(run(events, 'bob').documents).toEqual({ bob: { orders: 2, amount: 5 } })
  })

  test('omits a document that does not match its schema, reports it, and continues', () => {
    const events = history(
      placed('ada', 1),
      placed('ada', 0.5),
      placed('bob', 2),
      placed('ada', 0.5),
    )
    const { documents, problems } = run(events)
    expect(documents).toEqual({ bob: { orders: 1, amount: 2 } })
    expect(problems).toEqual([
      {
        event: events[1],
        key: 'ada',
        why: expect.stringMatching(/^It does not match its schema: amount must be integer/),
      },
    ])
  })

  test('omits a document whose rule threw, and mentions masked data as a possible cause', () => {
    const events = history(
      placed('ada', 1),
      ['order-of-ada', 'OrderNamed', { userId: 'ada', names: '***' }],
      placed('ada', 1),
      placed('bob', 2),
      ['order-of-bob', 'OrderNamed', { userId: 'bob' }],
    )
    const { documents, problems } = run(events)
    expect(documents).toEqual({})
    expect(problems.map(({ key }) => key)).toEqual(['ada', 'bob'])
    expect(problems[0]?.why).toMatch(/^Its rule failed: TypeError: .*masked/)
    expect(problems[1]?.why).not.toContain('masked')
  })

  test('omits the rest of a stream when the key of an event cannot be determined', () => {
    const events = history(
      placed('nobody', 1, 'order-a'),
      placed('ada', 1, 'order-a'),
      placed('bob', 1),
    )
    const { documents, problems } = run(events)
    expect(documents).toEqual({ bob: { orders: 1, amount: 1 } })
    expect(problems).toMatchObject([{ event: events[0], why: expect.stringMatching(/^Its key /) }])
    expect(problems[0]).not.toHaveProperty('key')
  })

  test('rejects keys that are not text', () => {
    const odd: AnyProjection = { ...spending, keysOf: () => [5 as never] }
    const [problem] = run(history(placed('ada', 1)), undefined, odd).problems
    expect(problem?.why).toContain('a key must be a string, not 5')
  })
})
