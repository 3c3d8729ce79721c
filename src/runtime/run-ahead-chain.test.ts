import { describe, expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { someMetadata } from '#kernel/testing'
import type { Draft } from './drafts.ts'
import { followingOf, runAhead, type Planned } from './run-ahead.ts'
import type { Input } from './saga-input.ts'
import type { Stand } from './saga-runs.ts'

const stand: Stand = {
  key: 'a',
  stream: 'outing-a',
  state: 0,
  revision: 3,
  ended: false,
  resting: false,
  person: undefined,
}

/** The nth move of a chain. */
const planned = (nth: number, at: Pick<Stand, 'revision'>, input: Pick<Input, 'id'>): Planned => ({
  input: {
    kind: 'timer',
    id: input.id,
    step: { id: 's', to: 'bus', target: 'all', type: 'Book', data: {}, wait: 0 },
    correlationId: 'request',
    causationId: 'cause',
  },
  moved: {
    input: { kind: 'event', type: 'Booked', id: input.id },
    state: nth,
    steps: [],
    ended: false,
  },
  move: { eventId: `move ${nth}`, correlationId: 'request', at: 0, steps: [] },
  append: { stream: 'outing-a', expected: at.revision, events: [] },
})

/** A draft of events, with their types and the runs that they are for. */
const draft = (
  events: readonly (readonly [type: string, run: string])[],
  { expected = 'none' as number | 'none', behind = 0n, stream = 'bus-all' } = {},
): Draft => ({
  append: {
    stream,
    expected,
    events: events.map(([type, run], index) => ({
      eventId: `${type} ${index}`,
      type,
      data: { run },
      metadata: someMetadata,
    })),
  },
  behind,
  next: () => undefined,
  commit: () => undefined,
  release: () => undefined,
})

/**
 * Runs ahead with these drafts of each move.
 * @param options.reading called with each event that is planned, by the rule
 */
const run = (
  draftsOf: (nth: number) => readonly Draft[],
  {
    isReceived = true,
    reading = (): boolean => true,
    keyOf = ({ data }: RecordedEvent): string => (data as { run: string }).run,
    isWhole = true,
  }: {
    readonly isReceived?: boolean
    readonly reading?: (event: RecordedEvent) => boolean
    readonly keyOf?: (event: RecordedEvent) => string
    readonly isWhole?: boolean
  } = {},
) => {
  const events: RecordedEvent[] = []
  let moves = 0
  const links = runAhead(planned(0, stand, { id: 'first' }), stand, {
    saga: { reads: ['Booked', 'Freed'], keyOf },
    receivedUpTo: isReceived ? 9n : undefined,
    plan: (at, input) => {
      if (input.kind !== 'event') return undefined
      events.push(input.event)
      return reading(input.event) ? planned((moves += 1), at, input) : undefined
    },
    draft: ({ eventId }) => {
      const drafts = draftsOf(Number(eventId.split(' ')[1]))
      return { drafts: new Map(drafts.map((one, index) => [String(index), one])), isWhole }
    },
  })
  return { links, inputs: links.map(({ input: { id } }) => id), events }
}

/** Drafts of the first move only. */
const first =
  (...drafts: readonly Draft[]) =>
  (nth: number) =>
    nth === 0 ? drafts : []

describe('a chain of moves', () => {
  test('processes the drafted events as the log will deliver them, each on the state after the last', () => {
    const { links, inputs, events } = run(
      first(
        draft([
          ['Booked', 'a'],
          ['Freed', 'a'],
        ]),
        draft([['Booked', 'a']], { expected: 4, stream: 'bus-other' }),
      ),
    )
    expect(inputs).toEqual(['first', 'Booked 0', 'Freed 1', 'Booked 0'])
    expect(links.map(({ append }) => append.expected)).toEqual([3, 4, 5, 6])
    const facts = events.map(({ type, stream, id, revision, data, metadata, eventId }) => [
      type,
      stream,
      id,
      revision,
      data,
      metadata,
      eventId,
    ])
    expect(facts).toEqual([
      ['Booked', 'bus-all', 'all', 0, { run: 'a' }, someMetadata, 'Booked 0'],
      ['Freed', 'bus-all', 'all', 1, { run: 'a' }, someMetadata, 'Freed 1'],
      ['Booked', 'bus-other', 'other', 5, { run: 'a' }, someMetadata, 'Booked 0'],
    ])
  })

  test('passes over events that the saga does not read, and those of other runs', () => {
    const { inputs, events } = run(
      first(
        draft([
          ['Repaired', 'a'],
          ['Booked', 'b'],
          ['Freed', 'a'],
        ]),
      ),
    )
    expect(inputs).toEqual(['first', 'Freed 2'])
    expect(events.map(({ type }) => type)).toEqual(['Freed'])
  })

  test.for([
    ['the position', ({ position }: RecordedEvent) => position],
    ['the time', ({ at }: RecordedEvent) => at],
  ] as const)('ends where a rule reads %s of an event, or where its key does', ([, read]) => {
    const events = draft([
      ['Booked', 'b'],
      ['Booked', 'a'],
      ['Freed', 'a'],
    ])
    const byRule = run(first(events), { reading: (event) => read(event) !== undefined })
    expect(byRule.inputs).toEqual(['first'])
    expect(byRule.events.length).toBe(1)
    const byKey = run(first(events), { keyOf: (event) => (read(event) === undefined ? 'a' : 'b') })
    expect([byKey.inputs, byKey.events]).toEqual([['first'], []])
  })

  test('ends at an event whose rule fails, or that changes nothing, and processes none after it', () => {
    const events = draft([
      ['Booked', 'a'],
      ['Freed', 'a'],
    ])
    const failing = run(first(events), {
      reading: ({ type }) => {
        if (type === 'Booked') throw new Error('a flaw in the rule')
        return true
      },
    })
    expect([failing.inputs, failing.events.length]).toEqual([['first'], 1])
    const idle = run(first(events), { reading: ({ type }) => type !== 'Booked' })
    expect([idle.inputs, idle.events.length]).toEqual([['first'], 1])
  })

  test('ends where the run may not have received an event of the stream', () => {
    const behind = (position: bigint) => first(draft([['Booked', 'a']], { behind: position }))
    expect(run(behind(9n)).inputs).toEqual(['first', 'Booked 0'])
    expect(run(behind(10n)).inputs).toEqual(['first'])
  })

  test('is one move where it is not known what the run has received, or a command has no draft', () => {
    const drafts = first(draft([['Booked', 'a']]))
    for (const options of [{ isReceived: false }, { isWhole: false }]) {
      const { inputs, events } = run(drafts, options)
      expect([inputs, events]).toEqual([['first'], []])
    }
  })

  test('has sixteen moves at most', () => {
    expect(run(() => [draft([['Booked', 'a']])]).links.length).toBe(16)
  })
})

test('the drafts of a move follow it, and the next moves with theirs', () => {
  const drafts = [draft([['Booked', 'a']]), draft([['Freed', 'b']], { stream: 'bus-other' })]
  const { links } = run(first(...drafts))
  expect(followingOf(links)).toEqual([...drafts, { append: links[1]?.append }])
})
