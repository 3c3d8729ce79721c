import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, Fields, refuse, type Message } from '#kernel'
import { recorded, someMetadata } from '#kernel/testing'
import { reproduce } from './reproduce.ts'

const counter = decider({
  name: 'counter',
  id: Type.String(),
  commands: {
    Add: Fields({ by: Type.Integer() }),
    SetTo: Fields({ sum: Type.Integer(), note: Type.Optional(Type.String()) }),
    Repeat: Fields({ last: Type.Integer() }),
    Close: Fields({}),
    Rent: Fields({ days: Type.Integer() }),
  },
  events: {
    Counted: Fields({
      by: Type.Integer(),
      sum: Type.Integer(),
      note: Type.Optional(Type.String()),
    }),
    Closed: Fields({ at: Type.String(), actor: Type.String() }),
    Rented: Fields({ days: Type.Integer(), until: Type.String() }),
  },
  refusals: { Negative: 'It must not be negative.' },
}).rules<{ readonly sum: number; readonly last: number }>({
  initialState: { sum: 0, last: 0 },
  decide: {
    Add: ({ by }, { sum }) =>
      by < 0 ? refuse('Negative') : [{ type: 'Counted', data: { by, sum: sum + by } }],
    SetTo: ({ sum, note }, state) => [
      { type: 'Counted', data: { by: sum - state.sum, sum, ...(note !== undefined && { note }) } },
    ],
    Repeat: ({ last }, { sum }) => [{ type: 'Counted', data: { by: last, sum: sum + last } }],
    Close: (_, __, { now, by }) => [{ type: 'Closed', data: { at: now, actor: by } }],
    Rent: ({ days }, _, { now }) => [
      {
        type: 'Rented',
        data: { days, until: new Date(Date.parse(now) + days * 86_400_000).toISOString() },
      },
    ],
  },
  evolve: {
    Counted: (_, { by, sum }) => ({ sum, last: by }),
    Closed: (state) => state,
    Rented: (state) => state,
  },
})

const at = '2030-01-01T00:00:10.000Z'
const found = (state: unknown, given: Message | undefined, ...messages: readonly Message[]) =>
  reproduce(
    counter,
    state,
    messages.map((message) => recorded('counter-1', message, { at })),
    given,
  )

test('the commands are those with which the installed rules decide the recorded events', () => {
  const counted = { type: 'Counted', data: { by: 2, sum: 5 } }
  expect(found({ sum: 3, last: 1 }, undefined, counted)).toEqual({
    commands: [
      { type: 'Add', data: { by: 2 } },
      { type: 'SetTo', data: { sum: 5 } },
    ],
    now: at,
    tolerance: 0,
  })
  const noted = { type: 'Counted', data: { by: 2, sum: 5, note: 'x' } }
  expect(found({ sum: 3, last: 1 }, undefined, noted)?.commands).toEqual([
    { type: 'SetTo', data: { sum: 5, note: 'x' } },
  ])
})

test('a field that the events lack is taken from the state', () => {
  const counted = { type: 'Counted', data: { by: 4, sum: 5 } }
  expect(found({ sum: 1, last: 4 }, undefined, counted)?.commands).toContainEqual({
    type: 'Repeat',
    data: { last: 4 },
  })
})

test('no command is found for events that the installed rules do not lead to', () => {
  expect(found({ sum: 3, last: 1 }, undefined, { type: 'Counted', data: { by: -1, sum: 9 } })).toBe(
    undefined,
  )
})

test('a given command is the only one that is tried', () => {
  const counted = { type: 'Counted', data: { by: 2, sum: 5 } }
  const add = { type: 'Add', data: { by: 2 } }
  expect(found({ sum: 3, last: 1 }, add, counted)?.commands).toEqual([add])
  expect(found({ sum: 3, last: 1 }, { type: 'Add', data: { by: 1 } }, counted)).toBe(undefined)
})

test('the time of the decision is read from the events, or known about', () => {
  const decidedAt = '2030-01-01T00:00:09.500Z'
  const closed = { type: 'Closed', data: { at: decidedAt, actor: someMetadata.actorId } }
  expect(found({ sum: 0, last: 0 }, undefined, closed)).toEqual({
    commands: [{ type: 'Close', data: {} }],
    now: decidedAt,
    tolerance: 0,
  })
  const rented = { type: 'Rented', data: { days: 2, until: '2030-01-03T00:00:09.500Z' } }
  expect(found({ sum: 0, last: 0 }, undefined, rented)).toMatchObject({
    commands: [{ type: 'Rent', data: { days: 2 } }],
    now: at,
    tolerance: 60_000,
  })
})
