import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { decider, Nothing, saga, sagaEventTypes, type RecordedStep, type SagaMoved } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { NewerVersion } from '../platform/newer-version.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { sagaRuns, standAfter } from './saga-runs.ts'

const lamp = decider({
  name: 'lamp',
  id: Type.String(),
  commands: {},
  events: { LampLit: Nothing },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { LampLit: () => null } })

const evening = saga({
  name: 'evening',
  subject: 'Evening',
  from: [lamp],
  to: [],
  key: ({ id }) => id,
}).rules<number>({ initialState: 0, on: {} })
const types = sagaEventTypes(evening)

const step: RecordedStep = { id: 's', to: 'lamp', target: 'a', type: 'Light', data: {}, wait: 0 }

const moved = (id: string, state: number, more: Partial<SagaMoved> = {}): SagaMoved => ({
  input: { kind: 'event', type: 'LampLit', id },
  state,
  steps: [step],
  ended: false,
  ...more,
})

const setUp = ({ using = (log: EventLog): EventLog => log, isNewer = false } = {}) => {
  const log = memoryEventLog()
  const reads: { readonly stream: string; readonly from: number | undefined }[] = []
  const listeners: ((person: string) => void)[] = []
  const runs = sagaRuns(evening, {
    log: using({
      ...log,
      read: (stream, range) => {
        reads.push({ stream, from: range?.from })
        return log.read(stream, range)
      },
    }),
    catalogue: { unreadable: () => (isNewer ? 'of a newer version' : undefined) },
    onForgotten: (listener) => listeners.push(listener),
  })
  /** Records moves as another process does. */
  const record = (key: string, ...moves: readonly SagaMoved[]) =>
    log.append(
      `evening-${key}`,
      'none',
      moves.map((data) => ({
        eventId: randomUUID(),
        type: types.started,
        data,
        metadata: someMetadata,
      })),
    )
  const forget = (person: string) => listeners.forEach((listener) => listener(person))
  return { ...runs, log, reads, record, forget }
}

const move = { eventId: 'e', correlationId: 'c', at: 0, steps: [] }

describe('a run', () => {
  test('is cached by its key, and assumed new', () => {
    const { instanceOf, reads } = setUp()
    const run = instanceOf('a')
    expect(run).toMatchObject({
      key: 'a',
      stream: 'evening-a',
      loaded: false,
      state: 0,
      revision: -1,
      ended: false,
      resting: false,
      person: undefined,
    })
    expect([run.moves.size, run.receivedStreams.size, run.ahead.size]).toEqual([0, 0, 0])
    expect(instanceOf('a')).toBe(run)
    expect(instanceOf('b')).not.toBe(run)
    expect(reads).toEqual([])
  })

  test('takes each move that was recorded, with its commands and the reason of a refusal', () => {
    const { instanceOf, take } = setUp()
    const run = instanceOf('a')
    take(run, moved('1', 1, { resting: true, person: 'ann' }), move)
    expect(run).toMatchObject({ state: 1, revision: 0, resting: true, person: 'ann' })
    const input = { kind: 'refusal', type: 'Light', id: '2', reason: 'Broken' } as const
    take(run, moved('2', 2, { input, ended: true }), move)
    expect(run).toMatchObject({ state: 2, revision: 1, ended: true, resting: false })
    expect(run.moves.get('1')).toEqual({ ...move, steps: [step], reason: undefined })
    expect(run.moves.get('2')).toEqual({ ...move, steps: [step], reason: 'Broken' })
  })

  test('has ended for good', () => {
    const { instanceOf } = setUp()
    const ended = standAfter({ ...instanceOf('a') }, moved('1', 1, { ended: true }))
    expect(standAfter(ended, moved('2', 2)).ended).toBe(true)
    expect(standAfter({ ...instanceOf('a') }, moved('1', 1)).ended).toBe(false)
  })

  test('that is read has the moves of its stream, page by page', async () => {
    for (const count of [0, 3, 500, 501]) {
      const { instanceOf, load, record, reads } = setUp()
      const moves = Array.from({ length: count }, (_, nth) => moved(`m${nth}`, nth + 1))
      if (count > 0) await record('a', ...moves)
      const run = instanceOf('a')
      await load(run)
      expect([run.loaded, run.state, run.revision, run.moves.size]).toEqual([
        true,
        count,
        count - 1,
        count,
      ])
      const froms = reads.map(({ from }) => from)
      expect(froms).toEqual(count < 500 ? [0] : [0, 500])
    }
  })

  test('that is read again has nothing of what was assumed', async () => {
    const { instanceOf, take, load, reset } = setUp()
    const run = instanceOf('a')
    for (const again of [() => load(run), async () => reset(run)]) {
      take(run, moved('1', 1, { ended: true, resting: true, person: 'ann' }), move)
      run.ahead.add('2')
      await again()
      expect(run).toMatchObject({ state: 0, revision: -1, ended: false, resting: false })
      expect([run.person, run.moves.size, run.ahead.size]).toEqual([undefined, 0, 0])
    }
    expect(run.loaded).toBe(false)
  })

  test('with a move that this version cannot read is left to a newer one', async () => {
    const { instanceOf, load, record } = setUp({ isNewer: true })
    await record('a', moved('1', 1))
    const failed = await load(instanceOf('a')).catch((error: unknown) => error)
    expect.assert(failed instanceof NewerVersion)
    expect(failed.message).toContain('of a newer version')
    expect(instanceOf('a').loaded).toBe(false)
  })
})

describe('the position of the last event of a run', () => {
  test('never goes back', () => {
    const { instanceOf, hasRecorded } = setUp()
    const run = instanceOf('a')
    const seen = [3n, 2n, 5n].map((position) => {
      hasRecorded(run, position)
      return run.ownUpTo
    })
    expect(seen).toEqual([3n, 3n, 5n])
  })

  test('is the head of the log after moves of another process, as its commands may be up to there', async () => {
    const { instanceOf, load, record } = setUp()
    await record('a', moved('1', 1))
    await record('b', moved('1', 1))
    await load(instanceOf('a'))
    expect(instanceOf('a').ownUpTo).toBe(2n)
  })

  test('is what was recorded here where the stream has nothing after it', async () => {
    const { instanceOf, load, record, hasRecorded } = setUp()
    const { position } = await record('a', moved('1', 1))
    await record('b', moved('1', 1))
    hasRecorded(instanceOf('a'), position)
    await load(instanceOf('a'))
    expect(instanceOf('a').ownUpTo).toBe(position)
    await load(instanceOf('c'))
    expect(instanceOf('c').ownUpTo).toBe(0n)
  })

  test('is not needed where nothing runs ahead, in a log that cannot append together', async () => {
    const { instanceOf, load, record } = setUp({
      using: (log) => {
        const { appendTogether: _, ...rest } = log
        return { ...rest, head: () => Promise.reject(new Error('the head is not needed')) }
      },
    })
    await record('a', moved('1', 1))
    await load(instanceOf('a'))
    expect(instanceOf('a').loaded).toBe(true)
  })
})

test('runs that are to be read again lose what they assumed to be ahead, and keep the rest', async () => {
  const { instanceOf, load, readAgain, record } = setUp()
  await record('a', moved('1', 7))
  for (const key of ['a', 'b']) {
    await load(instanceOf(key))
    instanceOf(key).ahead.add('2')
  }
  readAgain()
  expect(instanceOf('a')).toMatchObject({ loaded: false, state: 7, revision: 0 })
  expect(instanceOf('b').loaded).toBe(false)
  expect([instanceOf('a').ahead.size, instanceOf('b').ahead.size]).toEqual([0, 0])
})

test('the runs about a person who is forgotten are evicted, and no others', () => {
  const { instanceOf, take, forget } = setUp()
  const [ann, bob] = [instanceOf('a'), instanceOf('b')]
  take(ann, moved('1', 1, { person: 'ann' }), move)
  take(bob, moved('1', 1, { person: 'bob' }), move)
  forget('ann')
  expect(instanceOf('b')).toBe(bob)
  expect(instanceOf('a')).not.toBe(ann)
})
