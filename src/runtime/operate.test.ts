import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import {
  decider,
  declarationOf,
  Fields,
  Nothing,
  projection,
  saga,
  sagaEventTypes,
  type Store,
} from '#kernel'
import { recorded, someMetadata } from '#kernel/testing'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import type { DeadLetters } from '../platform/storage/dead-letters/port.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { memoryQueue } from '../platform/messaging/queue/memory.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { operations } from './operate.ts'
import { progress } from './progress.ts'
import { sagaOverview } from './saga-overview.ts'

const lamp = decider({
  name: 'lamp',
  id: Type.String(),
  commands: {},
  events: { LampLit: Nothing },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { LampLit: () => null } })

const lamps = projection({
  name: 'lamps',
  version: 3,
  store: 'postgres',
  document: Fields({ id: Type.String() }),
  from: [lamp],
  key: ({ id }) => id,
}).rules({ LampLit: (_, { id }) => ({ id }) })

const evening = saga({
  name: 'evening',
  subject: 'Evening',
  from: [lamp],
  to: [],
  key: ({ id }) => id,
}).rules<null>({ initialState: null, on: {} })
const overview = sagaOverview([evening])
const types = sagaEventTypes(evening)

/** A recorded move of a saga. */
const moved = (key: string, type: string, at: string, ended = false) =>
  recorded(
    `evening-${key}`,
    {
      type,
      data: { input: { kind: 'event', type: 'LampLit', id: 'e' }, state: null, steps: [], ended },
    },
    { at },
  )

/** The same events, at positions a hundred apart. */
const sparse = (log: EventLog): Pick<EventLog, 'head' | 'readAll'> => ({
  head: async () => (await log.head()) * 100n,
  readAll: async ({ after = 0n, ...range } = {}) => {
    const slice = await log.readAll({ ...range, after: after / 100n })
    return { ...slice, position: slice.position * 100n }
  },
})

const world = async ({
  places = (log: EventLog): Pick<EventLog, 'head' | 'readAll'> => log,
  clock = () => new Date(),
  store = 'postgres' as Store,
  guarding = (letters: DeadLetters): DeadLetters => letters,
} = {}) => {
  const documents = memoryDocuments(clock)
  const log = memoryEventLog(clock)
  const letters = memoryDeadLetters()
  const control = memoryControl()
  const queue = memoryQueue()
  for (const one of [lamps, overview]) await documents.publish(await documents.begin(one))
  const light = (id: string) =>
    log.append(`lamp-${id}`, 'none', [
      { eventId: randomUUID(), type: 'LampLit', data: {}, metadata: someMetadata },
    ])
  const runs = async (...events: ReturnType<typeof moved>[]) => {
    const generation = (await documents.live(overview))!
    const upserts = new Map<string, unknown>()
    for (const event of events)
      upserts.set(
        event.stream,
        overview.evolve(upserts.get(event.stream) as never, event, event.stream),
      )
    await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
  }
  const operate = operations({
    projections: [{ ...lamps, store }],
    overview,
    documents,
    log: places(log),
    letters: guarding(letters),
    control,
    progress: progress(documents),
    queues: [queue],
    clock,
  })
  return { documents, log, letters, control, queue, light, runs, operate }
}

describe('an operator', () => {
  test('sees the lag of every read model', async () => {
    const { light, operate } = await world()
    await light('a')
    await light('b')
    const [status] = await operate.projections()
    expect([
      status?.name,
      status?.version,
      status?.status,
      status?.position,
      status?.head,
      status?.lagEvents,
    ]).toStrictEqual(['lamps', 3, 'live', 0n, 2n, 2])
    expect.assert(status!.lagSeconds >= 0)
  })

  test('sees the store of a read model, and the one that it declares', async () => {
    const { operate } = await world({ store: 'mongo' })
    const [status] = await operate.projections()
    expect([status?.store, status?.declaredStore]).toEqual(['postgres', 'mongo'])
    const plain = await world()
    const [other] = await plain.operate.projections()
    expect([other?.store, other?.declaredStore]).toEqual(['postgres', undefined])
  })

  test('sees the stores in which documents of former generations remain', async () => {
    const { documents, operate } = await world()
    expect((await operate.projections())[0]?.remainsIn).toBeUndefined()
    await documents.publish(await documents.begin(lamps, 'mongo'))
    await documents.publish(await documents.begin(lamps))
    const [status] = await operate.projections()
    expect([status?.store, status?.remainsIn]).toEqual(['postgres', ['mongo']])
  })

  test('sees the lag by the clock of the log, not by that of the machine', async () => {
    let now = Date.parse('2020-01-01T00:00:00Z')
    const { light, operate } = await world({ clock: () => new Date(now) })
    await light('a')
    now += 7_000
    expect((await operate.projections())[0]?.lagSeconds).toBe(7)
  })

  test.each([
    [700, 700],
    [5_000, 5_000],
  ])('sees a lag of %d events in a log whose positions are not dense', async (there, seen) => {
    const { log, operate } = await world({ places: sparse })
    const events = Array.from({ length: there }, () => ({
      eventId: randomUUID(),
      type: 'LampLit',
      data: {},
      metadata: someMetadata,
    }))
    await log.append('lamp-a', 'none', events)
    expect((await operate.projections())[0]).toMatchObject({ lagEvents: seen })
  })

  test('starts a rebuild once, and sees its progress', async () => {
    const { documents, light, operate } = await world()
    await light('a')
    expect(await operate.rebuild('lamps')).toBe(true)
    expect(await operate.rebuild('lamps')).toBe(true)
    expect((await documents.generations('lamps')).length).toBe(2)
    const [status] = await operate.projections()
    expect([status?.status, status?.rebuild?.total]).toStrictEqual(['building', 1])
    expect(await operate.rebuild('lamp-shades')).toBe(false)
  })

  test('pauses and resumes a read model', async () => {
    const { control, operate } = await world()
    expect(await operate.pause('lamps')).toBe(true)
    expect([...(await control.paused())]).toStrictEqual(['lamps'])
    expect((await operate.projections())[0]?.status).toBe('paused')
    expect(await operate.resume('lamps')).toBe(true)
    expect((await operate.projections())[0]?.status).toBe('live')
    expect([await operate.pause('x'), await operate.resume('x')]).toStrictEqual([false, false])
  })

  test('sees the runs of sagas by state, latest change first, and parked ones as parked', async () => {
    const { letters, runs, operate } = await world()
    await runs(
      moved('a', types.started, '2030-01-01T00:00:00.000Z'),
      moved('a', types.completed, '2030-01-01T00:00:09.000Z', true),
      moved('b', types.started, '2030-01-01T00:00:01.000Z'),
      moved('c', types.started, '2030-01-01T00:00:02.000Z'),
    )
    await letters.park(
      { kind: 'saga', name: 'evening', generation: 0 },
      { key: 'c', position: 4n, type: 'LampLit', error: 'broken' },
    )
    const seen = async (state?: 'running' | 'ended' | 'parked') => {
      const { runs: found, total } = await operate.sagas(state && { state })
      expect(total).toBe(found.length)
      return found.map(({ id, state: is, steps }) => [id, is, steps])
    }
    expect(await seen()).toStrictEqual([
      ['a', 'ended', 2],
      ['c', 'parked', 1],
      ['b', 'running', 1],
    ])
    expect(await seen('running')).toStrictEqual([['b', 'running', 1]])
    expect(await seen('ended')).toStrictEqual([['a', 'ended', 2]])
    expect(await seen('parked')).toStrictEqual([['c', 'parked', 1]])
    const second = await operate.sagas({ limit: 1, offset: 1 })
    expect([second.runs.map(({ id }) => id), second.total]).toStrictEqual([['c'], 3])
    expect((await operate.saga('c'))[0]?.state).toBe('parked')
    expect(await operate.retrySaga('c')).toBe(true)
    expect(await operate.retrySaga('b')).toBe(false)
  })

  test('sees the dead letters, and retries them', async () => {
    const { letters, queue, operate } = await world()
    await letters.park(
      { kind: 'projection', name: 'lamps', generation: 1 },
      { key: 'a', position: 1n, type: 'LampLit', error: 'broken rule' },
    )
    const worker = await queue.work('ring-bell', () => Promise.reject(new Error('stuck')), {
      attempts: 1,
    })
    await queue.add('ring-bell', [{ id: 'j~1', data: {} }])
    await expect.poll(async () => (await operate.deadLetters()).length).toBe(2)
    await worker.stop()

    const all = await operate.deadLetters()
    const job = all.find(({ kind }) => kind === 'job')
    const document = all.find(({ kind }) => kind === 'projection')
    expect([job?.name, job?.key, job?.attempts]).toStrictEqual(['ring-bell', 'j~1', 1])
    expect([document?.name, document?.key, document?.type]).toStrictEqual(['lamps', 'a', 'LampLit'])

    expect(await operate.retryDeadLetter(job!.id)).toBe(true)
    expect((await queue.counts('ring-bell')).waiting).toBe(1)
    expect(await operate.retryDeadLetter(document!.id)).toBe(true)
    const follower = { kind: 'projection', name: 'lamps', generation: 1 } as const
    expect((await letters.requested(follower)).length).toBe(1)
    expect(await operate.retryDeadLetter('nothing~here')).toBe(false)
    expect(await operate.retryDeadLetter(randomUUID())).toBe(false)
  })

  test.each(['refold', 'removeDocument'] as const)(
    'whose %s fails at any write leaves a letter of the document',
    async (request) => {
      const follower = { kind: 'projection', name: 'lamps', generation: 1 } as const
      const parked = { key: 'a', position: 1n, type: 'LampLit', error: 'broken rule' }
      for (let failing = 1; ; failing += 1) {
        let writes = 0
        const { letters, operate } = await world({
          guarding: (store) => {
            const guarded =
              <A extends readonly unknown[], R>(write: (...args: A) => Promise<R>) =>
              async (...args: A): Promise<R> => {
                writes += 1
                if (writes === failing) throw new Unavailable('PostgreSQL is away')
                return write(...args)
              }
            return {
              ...store,
              park: guarded(store.park),
              request: guarded(store.request),
              requestRetry: guarded(store.requestRetry),
              resolve: guarded(store.resolve),
            }
          },
        })
        await letters.park(follower, parked)
        const failed = await operate[request]('lamps', 'a').then(
          () => false,
          () => true,
        )
        expect((await letters.list(follower)).map(({ key }) => key)).toStrictEqual(['a'])
        if (!failed) break
      }
    },
  )
})

test('the events of a saga are declared in the catalogue, and validated like others', () => {
  expect(Object.keys(declarationOf(evening).events)).toStrictEqual([
    'EveningSagaStarted',
    'EveningSagaStepCompleted',
    'EveningSagaCompensated',
    'EveningSagaCompleted',
  ])
})
