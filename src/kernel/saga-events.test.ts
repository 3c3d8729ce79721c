import { Type } from 'typebox'
import { expect, test } from 'vitest'
import {
  become,
  catalogue,
  declarationOf,
  decider,
  Fields,
  Id,
  Nothing,
  personal,
  saga,
} from '#kernel'

const Name = personal(Type.String())

const porter = decider({
  name: 'porter',
  id: Type.String(),
  commands: { Say: Fields({ loud: Type.Boolean(), text: Name }), Bow: Nothing },
  events: {},
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: { Say: () => [], Bow: () => [] },
  evolve: {},
})

const stay = saga({
  name: 'stay',
  subject: 'Stay',
  from: [
    { name: 'guest', id: Id('UserId'), events: { Left: Nothing }, commands: {}, refusals: {} },
  ],
  to: [porter],
  key: ({ id }) => id,
  personal: ['name', 'size'],
}).rules<null>({ initialState: null, on: { Left: (state) => become(state) } })

const { personal: personalOf } = catalogue([porter, declarationOf(stay)])

const step = (type: string, data: object, to = 'porter') => ({
  id: type,
  to,
  target: 'door',
  type,
  data,
  wait: 0,
})
const moved = (state: unknown, steps: object[] = [], person: object = { person: 'ada' }) =>
  personalOf('StaySagaStarted', 'ada', { ...person, state, steps })

test('personal values of a saga event include the declared text fields of its state', () => {
  expect(moved({ name: 'Ada', size: 7, room: 'blue' })).toEqual({
    person: 'ada',
    values: [{ path: ['state', 'name'], value: 'Ada', placeholder: 'forgotten' }],
  })
})

test('personal values of a saga event include the marked fields of its commands, by step', () => {
  const steps = [step('Bow', {}), step('Say', { loud: true, text: 'Welcome, Ada' })]
  expect(moved(null, steps)).toEqual({
    person: 'ada',
    values: [
      {
        path: ['steps', 1, 'data', 'text'],
        value: 'Welcome, Ada',
        placeholder: 'forgotten',
      },
    ],
  })
})

test('personal values of a saga event are undefined without a person and without values', () => {
  expect(moved({ name: 'Ada' }, [], {})).toBeUndefined()
  expect(moved({ room: 'blue' }, [step('Bow', {}), step('Cook', {}, 'cook')])).toBeUndefined()
  expect(moved(undefined)).toBeUndefined()
  expect(moved('Ada')).toBeUndefined()
})

test('targets of a saga are not masked when no decider has guessable ids', () => {
  const { masked } = catalogue([declarationOf(stay)])
  expect(masked('StaySagaStarted', { state: 1, steps: [step('Bow', {})] })).toMatchObject({
    steps: [{ target: 'door' }],
  })
})
