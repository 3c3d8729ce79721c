import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { decider, documentOf, Fields, Nothing, projection } from '#kernel'
import { recorded } from '#kernel/testing'

const lampDecider = (name: string) =>
  decider({
    name,
    id: Type.String(),
    commands: {},
    events: { Lit: Nothing, Moved: Fields({ rooms: Type.Array(Type.String()) }), Sold: Nothing },
    refusals: {},
  }).rules<null>({
    initialState: null,
    decide: {},
    evolve: { Lit: () => null, Moved: () => null, Sold: () => null },
  })
const [lamp, torch] = [lampDecider('lamp'), lampDecider('torch')]
const Light = Fields({ id: Type.String(), times: Type.Integer() })

const declared = {
  name: 'lights',
  within: 5_000,
  store: 'postgres' as const,
  document: Light,
  from: [lamp, torch],
  key: (event: { type: string; id: string; data: object }) =>
    'rooms' in event.data
      ? (event.data.rooms as string[])
      : event.type === 'Sold'
        ? undefined
        : event.id,
}
const rules = {
  Lit: (document: { times: number } | undefined, _: unknown, key: string) => ({
    id: key,
    times: (document?.times ?? 0) + 1,
  }),
}

const lit = { type: 'Lit' as const, data: {} }

describe('a projection', () => {
  const lights = projection(declared).rules(rules)

  test('has no indexes by default', () =>
    expect(lights).toMatchObject({
      version: 1,
      within: 5_000,
      delay: 0,
      indexes: [],
      containing: [],
    }))

  test('maps an event to one key, several or none', () => {
    expect(lights.keysOf(recorded('lamp-1', lit))).toEqual(['1'])
    const moved = { type: 'Moved' as const, data: { rooms: ['hall', 'attic'] } }
    expect(lights.keysOf(recorded('lamp-1', moved))).toEqual(['hall', 'attic'])
    expect(lights.keysOf(recorded('lamp-1', { type: 'Sold', data: {} }))).toEqual([])
  })

  test('leaves a document unchanged by an event without a rule', () => {
    const events = [lit, { type: 'Sold', data: {} }, lit].map((event) => recorded('lamp-1', event))
    expect(documentOf(lights, events, '1')).toEqual({ id: '1', times: 2 })
  })

  test('begins documents with the first event of the declared streams only', () => {
    const begun = projection({ ...declared, beginsWith: [lamp] }).rules(rules)
    expect(begun.begins(recorded('lamp-1', lit))).toBe(true)
    expect(begun.begins(recorded('lamp-1', lit, { revision: 1 }))).toBe(false)
    expect(begun.begins(recorded('torch-1', lit))).toBe(false)
    expect(lights.begins(recorded('lamp-1', lit))).toBe(false)
    const either = projection({ ...declared, beginsWith: [lamp, torch] }).rules(rules)
    expect(either.begins(recorded('torch-1', lit))).toBe(true)
  })
})
