import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { become, decider, Nothing, saga } from '#kernel'
import { recorded } from '#kernel/testing'
import type { SagaMoveReport } from './saga-reports.ts'
import { waitsOf } from './saga-waits.ts'

const loan = decider({
  name: 'loan',
  id: Type.String(),
  commands: { Remind: Nothing },
  events: { Asked: Nothing },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: { Remind: () => [] },
  evolve: { Asked: () => null },
})

const lending = saga({
  name: 'lending',
  subject: 'Loan',
  from: [loan],
  to: [loan],
  key: ({ id }) => id,
}).rules<null>({ initialState: null, on: { Asked: (state) => become(state) } })

type Told = { readonly at: number; readonly timers?: readonly number[]; readonly isResting?: true }

/** Moves of a run. @param told each at a minute, with timers that are due so many minutes later */
const movesOf = (told: readonly Told[]): readonly SagaMoveReport[] =>
  told.map(({ at, timers = [], isResting = false }, index) => ({
    eventId: `event${index}`,
    type: 'LoanSagaAdvanced',
    at: minute(at),
    position: BigInt(index + 1),
    correlationId: 'correlation',
    input: { kind: 'event', type: 'Asked', eventId: `input${index}` },
    commands: timers.map((minutes) => ({
      id: `timer${at}+${minutes}`,
      type: 'Remind',
      to: 'loan',
      target: 'a',
      wait: minutes * 60_000,
    })),
    ended: isResting,
  }))

const minute = (at: number): string => new Date(Date.UTC(2030, 0, 1, 12, at)).toISOString()

/** Ids of the timers that a run waits for. */
const timersOf = async (...told: readonly Told[]): Promise<readonly (string | undefined)[]> => {
  const moves = movesOf(told)
  const events = moves.map(({ type }) => recorded('lending-a', { type, data: { steps: [] } }))
  const waits = await waitsOf(
    lending,
    { events, moves, letter: undefined },
    { read: async () => [] },
  )
  return waits.map(({ commandId }) => commandId)
}

describe('a run waits for its timers', () => {
  test('while it runs, also for overdue ones', async () => {
    expect(await timersOf({ at: 0, timers: [5, 60] }, { at: 10 })).toEqual([
      'timer0+5',
      'timer0+60',
    ])
  })

  test('for none while it rests', async () => {
    expect(
      await timersOf({ at: 0, timers: [5] }, { at: 10, timers: [30], isResting: true }),
    ).toEqual([])
  })

  test('once it goes on, for those that did not come due while it rested', async () => {
    const rested = [
      { at: 0, timers: [5, 15, 60] },
      { at: 10, timers: [8, 30], isResting: true as const },
    ]
    expect(await timersOf(...rested, { at: 20, timers: [1] }, { at: 25 })).toEqual([
      'timer0+60',
      'timer10+30',
      'timer20+1',
    ])
  })
})
