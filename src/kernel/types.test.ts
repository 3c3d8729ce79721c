import { Type } from 'typebox'
import { expect, test } from 'vitest'
import {
  become,
  decider,
  derivedId,
  Fields,
  Id,
  only,
  projection,
  refuse,
  saga,
  send,
} from '#kernel'
import { order } from '../domains/ordering/language.ts'
import { payment } from '../domains/payments/language.ts'
import { OrderId, PaymentId, type UserId } from '../domains/shared/index.ts'

const LampId = Id('LampId')
const lamp = decider({
  name: 'lamp',
  id: LampId,
  commands: { SwitchOn: Fields({}) },
  events: { SwitchedOn: Fields({ watts: Type.Integer() }) },
  refusals: { Broken: 'The lamp is broken.' },
})
const initialState = false
const SwitchOn = () => []
const SwitchedOn = () => true
const working = lamp.rules<boolean>({ initialState, decide: { SwitchOn }, evolve: { SwitchedOn } })

/** Never called: `tsc` fails if one of these mistakes compiles. */
const mistakes = (userId: UserId, orderId: OrderId, paymentId: PaymentId) => {
  // @ts-expect-error a command without a rule
  lamp.rules<boolean>({ initialState, decide: {}, evolve: { SwitchedOn } })

  // @ts-expect-error an event without a rule
  lamp.rules<boolean>({ initialState, decide: { SwitchOn }, evolve: {} })

  const misspelt = () => refuse('Brokn')
  // @ts-expect-error an undeclared refusal
  lamp.rules<boolean>({ initialState, decide: { SwitchOn: misspelt }, evolve: { SwitchedOn } })

  const wrongData = () => [{ type: 'SwitchedOn' as const, data: { watts: '60' } }]
  // @ts-expect-error an event that does not match its schema
  lamp.rules<boolean>({ initialState, decide: { SwitchOn: wrongData }, evolve: { SwitchedOn } })

  // @ts-expect-error an undeclared command
  send(order, orderId, 'PlaceOdrer')

  // @ts-expect-error a command without its data
  send(order, orderId, 'CancelOrder')

  // @ts-expect-error the id of something else
  send(payment, userId, 'VoidPayment', { orderId })

  // @ts-expect-error an id where another kind of id belongs
  send(payment, paymentId, 'VoidPayment', { orderId: paymentId })

  // @ts-expect-error any text in place of an id
  send(order, '7d1ff0e1-5ed4-4d3c-9e4a-0a9a6a4a1d11', 'ConfirmOrder')

  const document = Fields({ id: LampId, on: Type.Boolean() })
  const lamps = projection({
    name: 'lamps',
    store: 'postgres',
    within: 60_000,
    document,
    from: [working],
    key: ({ id }) => id,
    // @ts-expect-error an index on a field that documents do not have
    indexes: [['brightness']],
  })

  // @ts-expect-error a read model that does not promise how fresh it is
  projection({ name: 'lamps', store: 'postgres', document, from: [working], key: ({ id }) => id })

  // @ts-expect-error a document that does not match its schema
  lamps.rules({ SwitchedOn: (_, { id }) => ({ id, on: 'yes' }) })

  // @ts-expect-error an event that none of its deciders records
  lamps.rules({ SwitchedOff: () => undefined })

  const switching = saga({
    name: 'switching',
    subject: 'Switching',
    from: [working],
    to: [order],
    key: ({ id }) => id,
  })

  // @ts-expect-error a saga with a rule for an event that none of its deciders records
  switching.rules<null>({ initialState: null, on: { OrderPlaced: (state) => become(state) } })

  switching.rules<null>({
    initialState: null,
    on: {},
    // @ts-expect-error the refusal of a command that it cannot send
    refused: { VoidPayment: (state: null) => become(state) },
  })

  // @ts-expect-error a command that this decider does not take
  only(order, 'VoidPayment')

  saga({
    name: 'switching',
    subject: 'Switching',
    from: [working],
    to: [only(order, 'CancelOrder')],
    key: ({ id }) => id,
  }).rules<null>({
    initialState: null,
    on: {},
    // @ts-expect-error the refusal of a command that it does not send
    refused: { ShipOrder: (state: null) => become(state) },
  })
}

test('valid declarations compile, and invalid ones do not', () => {
  expect(mistakes).toBeTypeOf('function')
  expect(send(order, derivedId(OrderId, 'order'), 'CancelOrder', { reason: 'x' })).toEqual({
    to: 'order',
    id: derivedId(OrderId, 'order'),
    command: { type: 'CancelOrder', data: { reason: 'x' } },
    wait: 0,
  })
})
