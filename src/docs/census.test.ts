import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, evolved, Fields, projection, type Declaration } from '#kernel'
import { census, remedyFor, type CountedEvent } from './census.ts'
import type { Declared } from './declared.ts'

const Lit = evolved(
  Fields({ watts: Type.Integer({ maximum: 100 }), colour: Type.String() }),
  ({ watts }: { watts: number }) => {
    if (watts < 0) throw new RangeError('no light')
    return { watts }
  },
  (before: object) => ({ ...before, colour: 'white' }),
)
const lampOf = (events: Declaration['events']): Declaration =>
  decider({ name: 'lamp', id: Type.String(), commands: {}, events, refusals: {} }).rules<null>({
    initialState: null,
    decide: {},
    evolve: {},
  } as never)
const lamp = lampOf({ LampLit: Lit, LampSold: Fields({}) })
const lamps = projection({
  name: 'lamps',
  store: 'postgres',
  within: 1_000,
  document: Fields({ id: Type.String() }),
  from: [lamp],
  key: ({ id }) => id,
}).rules({ LampLit: (_: unknown, __: unknown, id: string) => ({ id }) } as never)
const declared: Declared = {
  contexts: { light: [lamp] },
  sagas: [],
  projections: [lamps],
  jobs: [{ name: 'shine', reads: ['LampLit'] }],
  sockets: {},
}

const lit = (data: unknown, version = 3, more: Partial<CountedEvent> = {}): CountedEvent => ({
  stream: 'lamp-1',
  type: 'LampLit',
  version,
  data,
  ...more,
})
const white = { watts: 60, colour: 'white' }

const counted = (...events: readonly CountedEvent[]) => {
  const counts = census(declared)
  for (const event of events) counts.take(event)
  return counts.rows()
}
const remediesOf = (...events: readonly CountedEvent[]) =>
  counted(...events).map((row) => remedyFor(row, 'the log'))

test('events are counted by type and version, with what brings them up and what reads them', () => {
  expect(
    counted(
      lit(white),
      lit({ watts: 40 }, 1),
      lit(white),
      lit({}, 3, { type: 'LampSold', version: 1 }),
      lit({ watts: 1 }, 2),
    ),
  ).toMatchObject([
    { type: 'LampLit', version: 1, count: 1, upcasters: ['1 to 2', '2 to 3'], declared: 3 },
    { type: 'LampLit', version: 2, count: 1, upcasters: ['2 to 3'] },
    {
      type: 'LampLit',
      version: 3,
      count: 2,
      upcasters: [],
      context: 'light',
      category: 'lamp',
      readBy: { readModels: ['lamps'], sagas: [], jobs: ['shine'] },
    },
    { type: 'LampSold', version: 1, count: 1, readBy: { readModels: [], jobs: [] } },
  ])
})

test('what is declared and fits has no fault', () =>
  expect(remediesOf(lit(white), lit({ watts: 40 }, 1))).toEqual([undefined, undefined]))

test.each([
  [
    'that no schema takes needs an upcaster',
    lit({ ...white, watts: 101 }),
    'LampLit@3 is in the log, but no schema takes it (LampLit: watts must be <= 100): add an upcaster from version 3 to 4, evolved(…), for LampLit in src/domains/light, or permit what was recorded.',
  ],
  [
    'that its upcasters do not bring up needs another one',
    lit({ watts: 101 }, 2),
    'LampLit@2 is in the log, but no schema takes it (LampLit: watts must be <= 100): mend the upcasters of LampLit from version 2 on, in src/domains/light.',
  ],
  [
    'that its upcaster throws at',
    lit({ watts: -1 }, 1),
    'LampLit@1 is in the log, but no schema takes it (its upcaster throws: RangeError: no light): mend the upcasters of LampLit from version 1 on, in src/domains/light.',
  ],
  [
    'of a newer version',
    lit(white, 4),
    'LampLit@4 is in the log, but src/domains/light declares version 3 only: put back its upcaster (evolved), and with it the newer schema.',
  ],
  [
    'of a type that was dropped',
    lit({}, 1, { type: 'LampBroken' }),
    'LampBroken@1 is in the log, but no decider declares it: events stay in logs, so declare it again, with its schema, among the events of lamp; a rule of evolve that returns the state ignores it.',
  ],
])('an event %s', (_, event, sentence) => expect(remediesOf(event)).toEqual([sentence]))

test('a fault is counted, and explained by the first event that has it', () => {
  const [row] = counted(lit(white), lit({ ...white, watts: 101 }), lit({ watts: 1 }))
  expect(row).toMatchObject({
    count: 3,
    fault: { kind: 'refused', count: 2, detail: 'LampLit: watts must be <= 100' },
  })
})

test('events of people who were forgotten are counted, and not judged', () => {
  const [row] = counted(lit({ watts: 'gone' }, 3, { isForgotten: true }), lit(white))
  expect(row).toMatchObject({ count: 2, forgotten: 1 })
  expect(row).not.toHaveProperty('fault')
})

test("another program's events are counted, and no fault", () => {
  const foreign = lit({ any: 1 }, 1, { stream: 'kitchen-1', type: 'PotBoiled' })
  expect(remediesOf(foreign)).toEqual([undefined])
  expect(counted(foreign)).toMatchObject([{ type: 'PotBoiled', count: 1, category: 'kitchen' }])
})
