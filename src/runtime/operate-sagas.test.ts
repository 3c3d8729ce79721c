import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import {
  after,
  become,
  catalogue,
  decider,
  declarationOf,
  end,
  Fields,
  Nothing,
  refuse,
  saga,
  send,
} from '#kernel'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { executor } from './execute.ts'
import { operateSagas } from './operate-sagas.ts'
import { inputOf } from './saga-input.ts'
import { sagaInstances } from './saga-instances.ts'
import { sagaOverview, type SagaRun } from './saga-overview.ts'

const For = Fields({ loan: Type.String() })

const loan = decider({
  name: 'loan',
  id: Type.String(),
  commands: { Ask: Nothing, Grant: Nothing, Expire: Nothing },
  events: { Asked: Nothing, Granted: Nothing, Expired: Nothing },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {
    Ask: () => [{ type: 'Asked', data: {} }],
    Grant: () => [{ type: 'Granted', data: {} }],
    Expire: () => [{ type: 'Expired', data: {} }],
  },
  evolve: { Asked: () => null, Granted: () => null, Expired: () => null },
})

/** A shelf; one called `empty` has no book. */
const shelf = decider({
  name: 'shelf',
  id: Type.String(),
  commands: { Take: For, Announce: For },
  events: { Taken: For, Announced: For },
  refusals: { Empty: 'There is no book left.' },
}).rules<number>({
  initialState: 0,
  decide: {
    Take: (data) => (data.loan.startsWith('vain') ? refuse('Empty') : [{ type: 'Taken', data }]),
    Announce: (data) => [{ type: 'Announced', data }],
  },
  evolve: { Taken: (count) => count + 1, Announced: (count) => count },
})

const world = () => {
  const flaw = { broken: false }
  const lending = saga({
    name: 'lending',
    subject: 'Loan',
    from: [loan, shelf],
    to: [loan, shelf],
    key: (event) => ('loan' in event.data ? event.data.loan : event.id),
  }).rules<string>({
    initialState: 'new',
    on: {
      Asked: (_, { id }) =>
        become(
          'asked',
          send(shelf, 'one', 'Take', { loan: id }),
          after(60_000, send(loan, id, 'Expire')),
        ),
      Taken: (_, { data }) => {
        if (flaw.broken) throw new Error('a flaw in the rule')
        return become(
          'taken',
          send(loan, data.loan, 'Grant'),
          send(shelf, 'other', 'Announce', data),
        )
      },
      Granted: (state) => end(state),
    },
    refused: { Take: (_, { data }) => become('refused', send(loan, data.loan, 'Expire')) },
  })
  const deciders = [loan, shelf]
  const declared = catalogue([...deciders, declarationOf(lending)])
  const log = memoryEventLog()
  const letters = memoryDeadLetters()
  const documents = memoryDocuments()
  const overview = sagaOverview([lending])
  const its = executor({ log, snapshots: memorySnapshots(), catalogue: declared })
  const newProcess = () =>
    sagaInstances(lending, {
      log,
      executor: executor({ log, snapshots: memorySnapshots(), catalogue: declared }),
      deciders: new Map(deciders.map((one) => [one.name as string, one])),
      catalogue: declared,
      clock: () => new Date(),
    })
  const operate = operateSagas({
    sagas: [lending],
    overview,
    documents,
    log,
    letters,
    control: memoryControl(),
    catalogue: declared,
  })
  /** Executes a command of a user. @returns its first event */
  const user = async (id: string, type: 'Ask' | 'Grant') => {
    const origin = { commandId: randomUUID(), actorId: 'ann', correlationId: randomUUID() }
    await its.execute(loan, id, { type, data: {} }, origin)
    const [event] = await log.read(`loan-${id}`, { direction: 'backwards', limit: 1 })
    return event!
  }
  const lastOf = async (stream: string) => {
    const [event] = await log.read(stream, { direction: 'backwards', limit: 1 })
    return event!
  }
  /** Folds the read model of the runs. */
  const fold = async () => {
    const { events } = await log.readAll({ types: overview.reads })
    const upserts = new Map<string, unknown>()
    for (const event of events) {
      const before = upserts.get(event.stream) as SagaRun | undefined
      upserts.set(event.stream, overview.evolve(before as never, event, event.stream))
    }
    const generation = await documents.begin(overview)
    await documents.publish(generation)
    await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
  }
  const park = (key: string, { position, type }: { position: bigint; type: string }) =>
    letters.park(
      { kind: 'saga', name: 'lending', generation: 0 },
      { key, position, type, error: 'a flaw in the rule' },
    )
  const details = async (id: string) => {
    await fold()
    const [run] = await operate.saga(id)
    return run!
  }
  return { flaw, log, letters, newProcess, operate, user, lastOf, park, details }
}

describe('a run', () => {
  test('is shown move by move, and waits for timers and for answers', async () => {
    const { newProcess, user, details, log } = world()
    const { drive } = newProcess()
    const asked = await user('a', 'Ask')
    await drive('a', inputOf(asked))
    const { moves, waits, state } = await details('a')
    expect(state).toBe('running')
    expect(moves).toMatchObject([
      {
        type: 'LoanSagaStarted',
        correlationId: asked.metadata.correlationId,
        input: { kind: 'event', type: 'Asked', eventId: asked.eventId },
        commands: [
          { type: 'Take', to: 'shelf', target: 'one', wait: 0 },
          { type: 'Expire', to: 'loan', target: 'a', wait: 60_000 },
        ],
        ended: false,
      },
    ])
    // The book is taken, which the log has already.
    const [take, expire] = moves[0]!.commands
    expect((await log.read('shelf-one'))[0]?.metadata.commandId).toBe(take!.id)
    expect(waits).toEqual([
      {
        kind: 'timer',
        type: 'Expire',
        commandId: expire!.id,
        to: 'loan',
        target: 'a',
        since: moves[0]!.at,
        dueAt: new Date(Date.parse(moves[0]!.at) + 60_000).toISOString(),
      },
    ])
  })

  test('waits for the event that it reads next, and for nothing once it has ended', async () => {
    const { newProcess, user, lastOf, details } = world()
    const { drive } = newProcess()
    await drive('a', inputOf(await user('a', 'Ask')))
    await drive('a', inputOf(await lastOf('shelf-one')))
    const { moves, waits } = await details('a')
    // The grant is answered by the event that the log has already.
    expect(waits.map(({ kind, type, events }) => [kind, type, events])).toEqual([
      ['answer', 'Announce', ['Taken']],
      ['timer', 'Expire', undefined],
    ])
    expect(waits[0]?.since).toBe(moves[1]?.at)
    await drive('a', inputOf(await lastOf('loan-a')))
    const ended = await details('a')
    expect([ended.state, ended.waits, ended.moves.at(-1)?.ended]).toEqual(['ended', [], true])
  })

  test('shows refusals with their commands, and what compensates them', async () => {
    const { newProcess, user, details } = world()
    await newProcess().drive('vain', inputOf(await user('vain', 'Ask')))
    const { moves } = await details('vain')
    expect(moves[1]).toMatchObject({
      type: 'LoanSagaCompensated',
      input: {
        kind: 'refusal',
        type: 'Take',
        commandId: moves[0]!.commands[0]!.id,
        reason: 'Empty',
      },
      commands: [{ type: 'Expire', target: 'vain', wait: 0 }],
    })
  })

  test('waits for an operator while it is parked', async () => {
    const { newProcess, user, lastOf, park, details } = world()
    await newProcess().drive('a', inputOf(await user('a', 'Ask')))
    await park('a', await lastOf('shelf-one'))
    const { state, waits } = await details('a')
    expect(state).toBe('parked')
    expect(waits).toEqual([
      {
        kind: 'operator',
        type: 'Taken',
        since: expect.any(String),
        error: 'a flaw in the rule',
      },
    ])
  })
})

test('a run that is parked at its first event is listed with the others', async () => {
  const { user, park, operate, details } = world()
  await park('a', await user('a', 'Ask'))
  expect(await details('a')).toMatchObject({
    saga: 'lending',
    state: 'parked',
    steps: 0,
    moves: [],
    waits: [{ kind: 'operator', type: 'Asked' }],
  })
  const { runs, total } = await operate.sagas({ state: 'parked' })
  expect([runs.map(({ id, steps }) => [id, steps]), total]).toEqual([[['a', 0]], 1])
  expect((await operate.sagas({ state: 'parked', offset: 1 })).runs).toEqual([])
})

test('a parked run is listed however many other letters there are', async () => {
  const { newProcess, user, park, letters, operate } = world()
  await newProcess().drive('a', inputOf(await user('a', 'Ask')))
  await park('a', { position: 1n, type: 'Asked' })
  const follower = { kind: 'projection', name: 'orders', generation: 1 } as const
  for (let nth = 0; nth < 1_001; nth++)
    await letters.park(follower, { key: `k${nth}`, position: 1n, type: 'X', error: 'a flaw' })
  expect(await operate.sagas({ state: 'parked' })).toMatchObject({ runs: [{ id: 'a' }], total: 1 })
  expect(await operate.previewRetry('a')).toHaveLength(1)
})

describe('a preview of a retry', () => {
  test('has the commands that the retry then sends, under the same ids, and writes nothing', async () => {
    const { flaw, log, newProcess, user, lastOf, park, operate } = world()
    const { drive } = newProcess()
    await drive('a', inputOf(await user('a', 'Ask')))
    flaw.broken = true
    const taken = await lastOf('shelf-one')
    await expect(drive('a', inputOf(taken))).rejects.toThrow('a flaw in the rule')
    await park('a', taken)

    const head = await log.head()
    const [failing] = await operate.previewRetry('a')
    expect(failing).toMatchObject({
      commands: [],
      events: 0,
      failure: { type: 'Taken', error: 'a flaw in the rule' },
    })
    flaw.broken = false
    const [preview] = await operate.previewRetry('a')
    expect(preview).toMatchObject({ saga: 'lending', id: 'a', events: 1, ended: false })
    expect(preview?.isWhole).toBe(true)
    expect(preview?.failure).toBeUndefined()
    expect(preview?.commands).toMatchObject([
      { type: 'Grant', target: 'a', again: false, input: { type: 'Taken' } },
      { type: 'Announce', target: 'other', again: false },
    ])
    expect(await log.head()).toBe(head)

    await drive('a', inputOf(taken))
    const { events } = await log.readAll({ after: head })
    const sent = events
      .filter(({ stream }) => !stream.startsWith('lending-'))
      .map(({ metadata }) => metadata.commandId)
    // Commands to different streams are sent beside each other.
    expect(sent.toSorted()).toEqual(preview?.commands.map(({ id }) => id).toSorted())
  })

  test('has commands that were sent before, except those that were refused', async () => {
    const { log, newProcess, user, park, operate } = world()
    const { drive } = newProcess()
    const asked = await user('vain', 'Ask')
    await drive('vain', inputOf(asked))
    await park('vain', asked)
    const [preview] = await operate.previewRetry('vain')
    expect(preview?.commands.map(({ type, wait, again }) => [type, wait, again])).toEqual([
      ['Expire', 0, true],
      ['Expire', 60_000, true],
    ])
    const head = await log.head()
    await drive('vain', inputOf(asked))
    expect(await log.head()).toBe(head)
  })

  test('goes on with the events since then, to the end of the run', async () => {
    const { newProcess, user, lastOf, park, operate } = world()
    await newProcess().drive('a', inputOf(await user('a', 'Ask')))
    const taken = await lastOf('shelf-one')
    await user('a', 'Grant')
    await park('a', taken)
    const [preview] = await operate.previewRetry('a')
    expect([preview?.events, preview?.ended]).toEqual([2, true])
  })

  test('is of parked runs alone', async () => {
    const { newProcess, user, operate } = world()
    await newProcess().drive('a', inputOf(await user('a', 'Ask')))
    expect(await operate.previewRetry('a')).toEqual([])
  })
})
