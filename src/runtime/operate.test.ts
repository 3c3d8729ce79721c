import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import {
  catalogue,
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
import { memoryAudits } from '../platform/storage/audits/memory.ts'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { mostListed, type DeadLetters } from '../platform/storage/dead-letters/port.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { Generation } from '../platform/storage/documents/port.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { memoryQueue } from '../platform/messaging/queue/memory.ts'
import type { Queue } from '../platform/messaging/queue/port.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { operations } from './operate.ts'
import { progress } from './progress.ts'
import { publisherOf } from './publisher-name.ts'
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
  within: 60_000,
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

/** Events of a lamp that is lit so many times. */
const litTimes = (times: number) =>
  Array.from({ length: times }, () => ({
    eventId: randomUUID(),
    type: 'LampLit',
    data: {},
    metadata: someMetadata,
  }))

/** The same events, at positions a hundred apart. */
const sparse = (log: EventLog): Pick<EventLog, 'head' | 'read' | 'readAll'> => ({
  read: log.read,
  head: async () => (await log.head()) * 100n,
  readAll: async ({ after = 0n, ...range } = {}) => {
    const slice = await log.readAll({ ...range, after: after / 100n })
    return { ...slice, position: slice.position * 100n }
  },
})

const world = async ({
  places = (log: EventLog): Pick<EventLog, 'head' | 'read' | 'readAll'> => log,
  clock = () => new Date(),
  store = 'postgres' as Store,
  guarding = (letters: DeadLetters): DeadLetters => letters,
  queuing = (queue: Queue): Queue => queue,
  isPublished = true,
} = {}) => {
  const documents = memoryDocuments(clock)
  const log = memoryEventLog(clock)
  const letters = memoryDeadLetters()
  const control = memoryControl()
  const queue = memoryQueue()
  for (const one of isPublished ? [lamps, overview] : [overview])
    await documents.publish(await documents.begin(one))
  const light = (id: string) => log.append(`lamp-${id}`, 'none', litTimes(1))
  /** Folds the log up to a position into a generation, by default the live one. */
  const fold = async (to: bigint, generation?: Generation) =>
    documents.write(generation ?? (await documents.live(lamps))!, {
      from: 0n,
      to,
      upserts: new Map(),
      deletes: [],
    })
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
  const checkpoints = memoryCheckpoints()
  const operate = operations({
    projections: [{ ...lamps, store }],
    sagas: [evening],
    catalogue: catalogue([lamp, declarationOf(evening)]),
    overview,
    documents,
    log: places(log),
    letters: guarding(letters),
    audits: memoryAudits(),
    control,
    progress: progress(documents),
    queues: [queuing(queue)],
    brokers: ['rabbitmq', 'nats'],
    checkpoints,
    clock,
  })
  return { checkpoints, documents, log, letters, control, queue, light, fold, runs, operate }
}

describe('an operator', () => {
  test('sees how far the bridges are behind, and their parked streams', async () => {
    const { checkpoints, letters, light, operate } = await world()
    await light('a')
    await light('b')
    await checkpoints.save(publisherOf('rabbitmq'), 0n, 2n)
    await checkpoints.save(publisherOf('nats'), 0n, 1n)
    await letters.park(
      { kind: 'bridge', name: 'nats', generation: 0 },
      { key: 'lamp-a', position: 1n, type: 'LampLit', error: 'too large' },
    )
    const [rabbitmq, nats] = await operate.bridges()
    expect(rabbitmq).toEqual({
      name: 'rabbitmq',
      position: 2n,
      head: 2n,
      lagEvents: 0,
      lagSeconds: 0,
      parked: 0,
    })
    expect(nats).toMatchObject({ name: 'nats', position: 1n, head: 2n, lagEvents: 1, parked: 1 })
    expect(await operate.deadLetters()).toMatchObject([{ kind: 'bridge', key: 'lamp-a' }])
  })

  test('skips the refused event of a parked stream, and of nothing else', async () => {
    const { letters, operate } = await world()
    const follower = { kind: 'bridge', name: 'nats', generation: 0 } as const
    const refused = { key: 'lamp-a', position: 1n, type: 'LampLit', error: 'too large' }
    await letters.park(follower, refused)
    await letters.park({ ...follower, kind: 'saga' }, refused)
    const all = await letters.list()
    const skip = (at: bigint) =>
      Promise.all(
        all.map(async ({ id, kind }) => [kind, await operate.skipDeadLetter(id, at)] as const),
      )
    expect(new Map(await skip(2n))).toEqual(
      new Map([
        ['bridge', 'moved'],
        ['saga', undefined],
      ]),
    )
    expect(await letters.requested(follower)).toEqual([])
    expect(new Map(await skip(1n))).toEqual(
      new Map([
        ['bridge', 'requested'],
        ['saga', undefined],
      ]),
    )
    expect(await letters.requested(follower)).toMatchObject([{ position: 1n, type: 'skip' }])
    expect(await operate.skipDeadLetter(randomUUID(), 1n)).toBeUndefined()
  })

  test('finds and skips a dead letter that is older than those that are listed', async () => {
    const { letters, operate } = await world()
    const follower = { kind: 'bridge', name: 'nats', generation: 0 } as const
    const refused = { key: 'lamp-a', position: 1n, type: 'LampLit', error: 'too large' }
    await letters.park(follower, refused)
    const [{ id } = { id: '' }] = await letters.list(follower)
    for (let nth = 0; nth < mostListed; nth += 1)
      await letters.park({ ...follower, kind: 'saga' }, { ...refused, key: `lamp-${nth}` })
    expect((await letters.list()).map((one) => one.id)).not.toContain(id)
    expect(await operate.deadLetter(id)).toMatchObject({ key: 'lamp-a' })
    expect(await operate.skipDeadLetter(id, 1n)).toBe('requested')
  })

  test('sees a dead letter with its event and the document before it, as long as its generation is there', async () => {
    const { documents, light, letters, operate } = await world()
    await light('a')
    await light('b')
    const generation = (await documents.live(lamps))!
    const upserts = new Map([['b', { id: 'b' }]])
    await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
    const parked = { position: 2n, type: 'LampLit', error: 'no' }
    const follower = { kind: 'projection' as const, name: 'lamps', generation: 1 }
    await letters.park(follower, { key: 'b', ...parked })
    await letters.park({ ...follower, generation: 7 }, { key: 'b', ...parked })
    await letters.park(follower, { key: 'c', ...parked, type: 'refold' })
    await letters.park({ ...follower, kind: 'saga' }, { key: 'b', ...parked })
    const [ofSaga, requested, elsewhere, mine] = await letters.list()
    const { schema, value } = (await operate.deadLetter(mine!.id))!.document!
    expect([schema, value]).toStrictEqual([lamps.document, { id: 'b' }])
    expect(await operate.deadLetter(mine!.id)).toMatchObject({
      id: mine!.id,
      position: 2n,
      event: { stream: 'lamp-b', position: 2n },
    })
    expect(await operate.deadLetter(elsewhere!.id)).not.toHaveProperty('document')
    expect(await operate.deadLetter(requested!.id)).not.toHaveProperty('event')
    expect(await operate.deadLetter(requested!.id)).toMatchObject({
      document: { value: undefined },
    })
    expect(await operate.deadLetter(ofSaga!.id)).not.toHaveProperty('document')
    expect(await operate.deadLetter('nothing')).toBeUndefined()
    expect(await operate.deadLetter('mail~nothing')).toBeUndefined()
  })

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
    await log.append('lamp-a', 'none', litTimes(there))
    expect((await operate.projections())[0]).toMatchObject({ lagEvents: seen })
  })

  test('sees the lag from the position of a read model on, an estimate where positions are not dense', async () => {
    for (const [places, factor] of [
      [(log: EventLog) => log, 1n],
      [sparse, 100n],
    ] as const) {
      const { log, fold, operate } = await world({ places })
      for (let nth = 0; nth < 4; nth += 1) await log.append(`lamp-${nth}`, 'none', litTimes(1_000))
      await fold(1_500n * factor)
      expect((await operate.projections())[0]).toMatchObject({
        position: 1_500n * factor,
        head: 4_000n * factor,
        lagEvents: 2_500,
      })
    }
  })

  test('sees the exact lag where the rest of a log was read, even one that ends behind its last event', async () => {
    const { log, operate } = await world({
      places: (inner) => ({
        ...sparse(inner),
        head: async () => (await inner.head()) * 100n + 20_000n,
      }),
    })
    await log.append('lamp-a', 'none', litTimes(700))
    expect((await operate.projections())[0]?.lagEvents).toBe(700)
  })

  test('sees no lag of a read model at the head or ahead of it, which reads nothing of the log', async () => {
    let reads = 0
    const { light, fold, operate } = await world({
      places: (log) => ({
        ...log,
        readAll: (...range) => {
          reads += 1
          return log.readAll(...range)
        },
      }),
    })
    expect((await operate.projections())[0]).toMatchObject({
      head: 0n,
      lagEvents: 0,
      lagSeconds: 0,
    })
    await light('a')
    // The head was read before another event was folded.
    await fold(3n)
    expect((await operate.projections())[0]).toMatchObject({
      position: 3n,
      head: 3n,
      lagEvents: 0,
      lagSeconds: 0,
    })
    expect(reads).toBe(0)
  })

  test('sees a read model that has no generation yet', async () => {
    const { light, operate } = await world({ isPublished: false })
    await light('a')
    expect(await operate.projections()).toEqual([
      {
        name: 'lamps',
        version: 3,
        generation: 0,
        store: 'postgres',
        status: 'building',
        position: 0n,
        head: 1n,
        lagEvents: 1,
        lagSeconds: expect.any(Number),
        within: expect.any(Number),
        parked: 0,
      },
    ])
    expect(await operate.refold('lamps', 'a')).toBe(false)
  })

  test('sees the live generation beside former ones and one that is built, and what has changed', async () => {
    const { documents, operate } = await world()
    const now = async () => {
      const [status] = await operate.projections()
      return [status?.generation, status?.version, status?.status, status?.comparison]
    }
    expect(await now()).toEqual([1, 3, 'live', undefined])
    const next = await documents.begin({ ...lamps, version: 4 })
    expect(await now()).toEqual([1, 3, 'building', undefined])
    const comparison = { same: 1, different: 2, onlyOld: 3, onlyNew: 4 }
    await documents.saveComparison(next, comparison)
    await documents.publish(next)
    expect(await now()).toEqual([2, 4, 'live', comparison])
  })

  test('sees the store of the live generation, which may not be configured any more', async () => {
    const { documents, operate } = await world()
    await documents.publish(await documents.begin(lamps, 'mongo'))
    const [status] = await operate.projections()
    expect([status?.store, status?.remainsIn]).toEqual(['mongo', undefined])
  })

  test('sees the remaining time of a rebuild once it has folded events', async () => {
    let now = Date.parse('2030-01-01T00:00:00Z')
    const { documents, log, fold, operate } = await world({ clock: () => new Date(now) })
    await log.append('lamp-a', 'none', litTimes(10))
    const building = await documents.begin(lamps)
    now += 8_000
    const rebuild = async () => (await operate.projections())[0]?.rebuild
    expect(await rebuild()).toStrictEqual({ progress: 0, total: 10 })
    await fold(4n, building)
    // Half an event a second.
    expect(await rebuild()).toStrictEqual({ progress: 4, total: 10, etaSeconds: 12 })
  })

  test('sees the number of parked documents of each read model', async () => {
    const { letters, operate } = await world()
    const parked = { position: 1n, type: 'LampLit', error: 'broken' }
    const follower = { kind: 'projection', name: 'lamps', generation: 1 } as const
    const parkedNow = async () => (await operate.projections())[0]?.parked
    expect(await parkedNow()).toBe(0)
    await letters.park({ ...follower, kind: 'saga' }, { key: 'a', ...parked })
    expect(await parkedNow()).toBe(0)
    await letters.park(follower, { key: 'a', ...parked })
    await letters.park(follower, { key: 'b', ...parked })
    expect(await parkedNow()).toBe(2)
  })

  test('starts a rebuild once, and sees its progress', async () => {
    const { documents, light, operate } = await world()
    await light('a')
    expect(await operate.rebuild('lamps')).toBe('begun')
    expect(await operate.rebuild('lamps')).toBe('begun')
    expect((await documents.generations('lamps')).length).toBe(2)
    const [status] = await operate.projections()
    expect([status?.status, status?.rebuild?.total]).toStrictEqual(['building', 1])
    expect(await operate.rebuild('lamp-shades')).toBeUndefined()
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

  test('sees a run as parked only by its own letter, and retries no document with its key', async () => {
    const { letters, runs, operate } = await world()
    await runs(moved('a', types.started, '2030-01-01T00:00:00.000Z'))
    const parked = { key: 'a', position: 1n, type: 'LampLit', error: 'broken' }
    const projecting = { kind: 'projection', name: 'evening', generation: 0 } as const
    await letters.park(projecting, parked)
    expect((await operate.saga('a'))[0]?.state).toBe('running')
    expect(await operate.retrySaga('a')).toBe(false)
    expect(await letters.requested(projecting)).toEqual([])
  })

  test('sees the dead letters of followers and of queues, latest failure first', async () => {
    const failedAt: Readonly<Record<string, string>> = {
      a: '2030-01-01T00:00:02.000Z',
      b: '2030-01-01T00:00:04.000Z',
      c: '2030-01-01T00:00:01.000Z',
    }
    const { letters, queue, operate } = await world({
      guarding: (store) => ({
        ...store,
        list: async () =>
          (await store.list()).map((letter) => ({ ...letter, at: failedAt[letter.key]! })),
      }),
      queuing: (inner) => ({
        ...inner,
        parked: async (limit) =>
          (await inner.parked(limit)).map((job) => ({
            ...job,
            failedAt: '2030-01-01T00:00:03.000Z',
          })),
      }),
    })
    const follower = { kind: 'projection', name: 'lamps', generation: 1 } as const
    for (const key of ['a', 'b', 'c'])
      await letters.park(follower, { key, position: 1n, type: 'LampLit', error: 'broken' })
    const worker = await queue.work('ring-bell', () => Promise.reject(new Error('stuck')), {
      attempts: 1,
    })
    await queue.add('ring-bell', [{ id: 'j', data: {} }])
    await expect.poll(async () => (await queue.parked()).length).toBe(1)
    await worker.stop()
    expect((await operate.deadLetters()).map(({ key }) => key)).toEqual(['b', 'j', 'a', 'c'])
  })

  test('announces the retry of a dead letter, where there is one', async () => {
    const { letters, control, operate } = await world()
    const isAnnounced = async (retried: string) => {
      const stop = new AbortController()
      const wait = control.news.listen()
      await operate.retryDeadLetter(retried)
      let isRung = false
      const waiting = wait(60_000, stop.signal).then(() => (isRung = !stop.signal.aborted))
      await new Promise(setImmediate)
      stop.abort()
      await waiting
      return isRung
    }
    expect(await isAnnounced(randomUUID())).toBe(false)
    const follower = { kind: 'projection', name: 'lamps', generation: 1 } as const
    await letters.park(follower, { key: 'a', position: 1n, type: 'LampLit', error: 'broken' })
    expect(await isAnnounced((await letters.list())[0]!.id)).toBe(true)
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

    expect(await operate.deadLetterCounts()).toStrictEqual([
      { kind: 'projection', name: 'lamps', count: 1 },
      { kind: 'job', name: 'ring-bell', count: 1 },
    ])
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
