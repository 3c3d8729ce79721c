import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import {
  become,
  catalogue,
  decider,
  declarationOf,
  Fields,
  Id,
  Nothing,
  personal,
  saga,
  send,
  streamOf,
  type AnyDecider,
} from '#kernel'
import { newId } from '#kernel/testing'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { encryptingLog } from '../platform/storage/event-log/encrypting-log.ts'
import { memoryPersonalKeys } from '../platform/security/personal/memory.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { executor as executorOf } from './execute.ts'
import { inputOf } from './saga-input.ts'
import { sagaInstances } from './saga-instances.ts'

const Name = personal(Type.String())
const said = Fields({ text: Name })

const guest = decider({
  name: 'guest',
  id: Id('UserId'),
  commands: { Arrive: Fields({ name: Name }), Leave: Nothing },
  events: { Arrived: Fields({ name: Name }), Left: Nothing },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {
    Arrive: (data) => [{ type: 'Arrived', data }],
    Leave: () => [{ type: 'Left', data: {} }],
  },
  evolve: { Arrived: (state) => state, Left: (state) => state },
})

const porter = decider({
  name: 'porter',
  id: Type.String(),
  commands: { Say: said },
  events: { Said: Fields({ words: Type.Integer() }) },
  refusals: {},
}).rules<null>({
  initialState: null,
  // The answers of the porter are not recorded by the porter.
  decide: { Say: ({ text }) => [{ type: 'Said', data: { words: text.split(' ').length } }] },
  evolve: { Said: (state) => state },
})

const stay = saga({
  name: 'stay',
  subject: 'Stay',
  from: [guest],
  to: [porter],
  key: ({ id }) => id,
  personal: ['name'],
}).rules<null | { readonly name: string; readonly nights: number }>({
  initialState: null,
  on: {
    Arrived: (_, { data: { name } }) =>
      become({ name, nights: 3 }, send(porter, 'door', 'Say', { text: `Welcome, ${name}` })),
    Left: (state) =>
      state === null
        ? become(state)
        : become(state, send(porter, 'door', 'Say', { text: `Bye, ${state.name}` })),
  },
})

const setUp = () => {
  const declared = catalogue([guest, porter, declarationOf(stay)])
  const raw = memoryEventLog()
  const keys = memoryPersonalKeys()
  const log = validatingLog(encryptingLog(raw, { catalogue: declared, keys }), declared)
  const executor = executorOf({ log, snapshots: memorySnapshots(), catalogue: declared })
  const runs = sagaInstances(stay, {
    log,
    executor,
    deciders: new Map<string, AnyDecider>([guest, porter].map((one) => [one.name, one])),
    catalogue: declared,
    clock: () => new Date(),
    onForgotten: keys.onDestroyed,
  })
  const id = newId(guest.id)
  const happens = async (
    command: { type: 'Arrive'; data: { name: string } } | { type: 'Leave'; data: {} },
  ) => {
    const origin = { commandId: randomUUID(), correlationId: randomUUID(), actorId: 'ann' }
    await executor.execute(guest, id, command, origin)
    const [event] = await log
      .readAll({ direction: 'backwards', limit: 1 })
      .then(({ events }) => events)
    await runs.drive(id, inputOf(event!))
  }
  const moves = async (of = log) => (await of.read(streamOf(stay, id))).map(({ data }) => data)
  return { raw, keys, happens, moves, id }
}

test('personal data of a saga is sealed: the declared fields of its state, and the marked fields of its commands', async () => {
  const { raw, happens, moves } = setUp()
  await happens({ type: 'Arrive', data: { name: 'Ada Lovelace' } })
  expect(JSON.stringify(await moves(raw))).not.toMatch(/Ada|Welcome/)
  expect(JSON.stringify(await moves(raw))).toContain('"nights":3')
  expect(await moves()).toMatchObject([
    { state: { name: 'Ada Lovelace' }, steps: [{ data: { text: 'Welcome, Ada Lovelace' } }] },
  ])
})

test('a saga goes on when its person is forgotten, without their data', async () => {
  const { raw, keys, happens, moves, id } = setUp()
  await happens({ type: 'Arrive', data: { name: 'Ada Lovelace' } })
  await keys.destroy(id)
  await happens({ type: 'Leave', data: {} })
  const recorded = await moves()
  expect(recorded).toMatchObject([
    { state: { name: 'forgotten', nights: 3 }, steps: [{ data: { text: 'forgotten' } }] },
    { state: { name: 'forgotten', nights: 3 } },
  ])
  expect(JSON.stringify(recorded)).not.toContain('Ada')
  // The last words were `Bye, forgotten`.
  expect((await raw.read('porter-door')).map(({ data }) => data)).toEqual([
    { words: 3 },
    { words: 2 },
  ])
})
