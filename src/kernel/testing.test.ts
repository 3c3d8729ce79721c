import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { become, decider, Fields, Id, only, projection, saga, send } from '#kernel'
import { folding, given, newId, reacting, recorded, refusalOf } from '#kernel/testing'

const LampId = Id('LampId')
const id = newId(LampId)
const lamp = decider({
  name: 'lamp',
  id: LampId,
  commands: { SwitchOn: Fields({ watts: Type.Integer({ maximum: 100 }) }) },
  events: { SwitchedOn: Fields({ watts: Type.Integer() }) },
  refusals: { Broken: 'The lamp is broken.' },
}).rules<{ watts: number }>({
  initialState: { watts: 0 },
  decide: {
    SwitchOn: (data, { watts }) => (watts === data.watts ? [] : [{ type: 'SwitchedOn', data }]),
  },
  evolve: {
    SwitchedOn: (state, { watts }) => Object.assign(state, { watts }),
  },
})
const switchOn = (watts: number) => ({ type: 'SwitchOn' as const, data: { watts } })
const switchedOn = (watts: number) => ({ type: 'SwitchedOn' as const, data: { watts } })
const lit = (watts: number) => recorded(`lamp-${id}`, switchedOn(watts))

describe('given, when, then', () => {
  test('passes when the events are as expected', () =>
    given(lamp).when(switchOn(60)).yields(switchedOn(60)))

  test('fails when the decision differs', () => {
    expect(() => given(lamp).when(switchOn(60)).yields()).toThrow('strictly equal')
    expect(() => given(lamp).when(switchOn(60)).refuses('Broken')).toThrow('strictly equal')
  })

  test('fails messages that do not match their schema', () =>
    expect(() => given(lamp).when(switchOn(101))).toThrow('SwitchOn does not match its schema'))

  test('fails a rule that mutates its input', () =>
    expect(() => given(lamp, switchedOn(60)).when(switchOn(60))).toThrow(TypeError))
})

describe('folding', () => {
  const lamps = (on: unknown) =>
    projection({
      name: 'lamps',
      store: 'postgres',
      within: 60_000,
      document: Fields({ id: LampId, on: Type.Unknown(), watts: Type.Integer({ maximum: 100 }) }),
      from: [lamp],
      key: (event) => event.id,
    }).rules({ SwitchedOn: (_, event) => ({ id: event.id, on, watts: event.data.watts }) })

  test('returns the document of a key, and undefined for another key', () => {
    expect(folding(lamps(true), lit(60)).into(id)).toEqual({ id, on: true, watts: 60 })
    expect(folding(lamps(true), lit(60)).into('other')).toBeUndefined()
  })

  test('fails documents that do not match their schema or do not survive JSON', () => {
    expect(() => folding(lamps(true), lit(101)).into(id)).toThrow('does not match its schema')
    expect(() => folding(lamps(undefined), lit(60)).into(id)).toThrow('strictly equal')
  })
})

describe('reacting', () => {
  const switching = saga({
    name: 'switching',
    subject: 'Switching',
    from: [lamp],
    to: [lamp],
    key: (event) => event.id,
  }).rules<number>({
    initialState: 0,
    on: {
      SwitchedOn: (count, event) =>
        become(count + 1, send(lamp, event.id, 'SwitchOn', { watts: event.data.watts + 1 })),
    },
    refused: { SwitchOn: (count, { data }) => become(count + data.watts) },
  })

  test('returns the move of the last input', () =>
    expect(reacting(switching).given(lit(1), lit(2)).on(lit(3))).toEqual({
      state: 3,
      steps: [send(lamp, id, 'SwitchOn', { watts: 4 })],
      ended: false,
    }))

  test('accepts refusals as inputs', () => {
    const refusal = refusalOf(send(lamp, id, 'SwitchOn', { watts: 40 }), 'Broken')
    expect(reacting(switching).given(lit(1)).on(refusal).state).toBe(41)
  })

  test('fails commands that do not match their schema', () =>
    expect(() => reacting(switching).given().on(lit(100))).toThrow('SwitchOn does not match'))

  test('fails commands that the saga does not declare', () => {
    const secretive = saga({
      name: 'secretive',
      subject: 'Secretive',
      from: [lamp],
      to: [only(lamp)],
      key: (event) => event.id,
    }).rules<null>({
      initialState: null,
      on: { SwitchedOn: (state) => become(state, send(lamp, id, 'SwitchOn', { watts: 1 })) },
    })
    expect(() => reacting(secretive).given().on(lit(1))).toThrow('SwitchOn is not declared')
  })
})
