import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Type, type Static } from 'typebox'
import { describe, expect, test } from 'vitest'
import {
  catalogue,
  decider,
  Fields,
  projection,
  type AnyProjection,
  type Catalogue,
  type Projection,
} from '#kernel'
import { someMetadata } from '#kernel/testing'
import { NewerVersion } from '../platform/newer-version.ts'
import { memoryAudits } from '../platform/storage/audits/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { DocumentEngine } from '../platform/storage/documents/engine.ts'
import { memoryEngine } from '../platform/storage/documents/memory-engine.ts'
import {
  DocumentRefused,
  GenerationMissing,
  type DocumentStore,
} from '../platform/storage/documents/port.ts'
import type { Search } from '../platform/storage/search/port.ts'
import { routedDocuments } from '../platform/storage/documents/routed.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { groupedWriters } from './grouped-writer.ts'
import { openFeed } from './feed.ts'
import { progress as progressOf } from './progress.ts'
import { operations } from './operate.ts'
import { project } from './project.ts'
import { readModels } from './read-models.ts'
import { NotCaughtUp } from './reading.ts'
import { sagaOverview } from './saga-overview.ts'

const counter = decider({
  name: 'counter',
  id: Type.String(),
  commands: {},
  events: {
    Added: Fields({ by: Type.Integer() }),
    Split: Fields({ into: Type.Array(Type.String()) }),
    Gone: Fields({}),
  },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { Added: () => null, Split: () => null, Gone: () => null },
})

const Total = Fields({ id: Type.String(), total: Type.Integer(), times: Type.Integer() })
type Total = Static<typeof Total>

/** Flaws of the rules. */
type Flaw = { broken: boolean }

const totals = (version = 1, flaw: Flaw = { broken: false }): Projection<Total> =>
  projection({
    name: 'totals',
    version,
    store: 'postgres',
    within: 60_000,
    document: Total,
    from: [counter],
    key: (event) => {
      if (flaw.broken && event.id === 'keyless') throw new Error('no key')
      return event.type === 'Split' ? event.data.into : event.id
    },
  }).rules({
    Added: (document, { data: { by } }, key) => {
      if (flaw.broken && by === 13) throw new Error('unlucky')
      const { total, times } = document ?? { total: 0, times: 0 }
      return { id: key, total: total + by * version, times: times + 1 }
    },
    Split: (_, __, key) => ({ id: key, total: 0, times: 0 }),
    Gone: () => undefined,
  })

/** A projection whose rule fails when a document is removed twice. */
const strict: Projection<Total> = projection({
  name: 'strict',
  store: 'postgres',
  within: 60_000,
  document: Total,
  from: [counter],
  key: ({ id }) => id,
}).rules({
  Added: (document, { data: { by } }, key) => ({
    id: key,
    total: (document?.total ?? 0) + by,
    times: 1,
  }),
  Gone: (document) => {
    if (!document) throw new Error('It is gone already')
    return undefined
  },
})

/** A log and stores, on which several runtimes can run, as several processes would. */
const world = (
  documents: DocumentStore & Search = memoryDocuments(),
  unreadable: Catalogue['unreadable'] = () => undefined,
) => {
  const log = memoryEventLog()
  const letters = memoryDeadLetters()
  const leases = memoryLeases()
  const control = memoryControl()
  const errors: unknown[] = []

  const add = async (id: string, ...numbers: number[]) => {
    const events = numbers.map((by) => ({ type: 'Added', data: { by } }))
    return append(id, ...events)
  }
  const append = async (id: string, ...events: { type: string; data: object }[]) => {
    const { position } = await log.append(
      `counter-${id}`,
      'any',
      events.map((event) => ({ eventId: randomUUID(), metadata: someMetadata, ...event })),
    )
    return position
  }

  const startOn = async (
    documents: DocumentStore & Search,
    projections: readonly AnyProjection[],
  ) => {
    const stop = new AbortController()
    const feed = await openFeed(log)
    const progress = progressOf(documents, feed)
    const writers = groupedWriters({ documents, feed })
    const onError = (error: unknown) => void errors.push(error)
    const running = projections.map((one) =>
      project(one, stop.signal, {
        feed,
        documents,
        writers,
        letters,
        leases,
        control,
        catalogue: { unreadable, streamTold: (stream) => stream },
        progress,
        onError,
      }),
    )
    const models = readModels(documents, progress, log)
    return {
      models,
      cached: (...keys: string[]) => progress.cached(totals(), keys),
      total: async (id: string, of = totals()) => {
        await models.reach(of, 'head')
        return (await models.get(of, id)).document
      },
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await Promise.all(running)
        await feed.close()
      },
    }
  }
  const start = Object.assign(
    (...projections: AnyProjection[]) => startOn(documents, projections),
    {
      of: (other: DocumentStore & Search, ...projections: AnyProjection[]) =>
        startOn(other, projections),
    },
  )
  return { log, letters, control, documents, errors, add, append, start }
}

describe('a projection', () => {
  test('is read from the cache of the process that runs it', async () => {
    const { add, append, start } = world()
    const position = await add('a', 1, 2)
    await add('b', 5)
    const here = await start(totals())
    await here.models.get(totals(), 'a', position)
    await here.total('b')
    expect(here.cached('b', 'a')).toEqual([
      { id: 'b', total: 5, times: 1 },
      { id: 'a', total: 3, times: 2 },
    ])
    expect(here.cached('a', 'never')).toBeUndefined()

    await append('a', { type: 'Gone', data: {} })
    await here.total('a')
    expect(here.cached('a')).toEqual([])
    await here[Symbol.asyncDispose]()
    expect(here.cached('b')).toBeUndefined()
  })

  test('whose store is unavailable when it starts is started again', async () => {
    const documents = memoryDocuments()
    let asked = 0
    const { add, start, errors } = world({
      ...documents,
      position: async (generation) => {
        asked += 1
        if (asked <= 2) throw new Unavailable('away')
        return documents.position(generation)
      },
    })
    await add('a', 1, 2)
    await using here = await start(totals())
    await expect.poll(async () => (await here.total('a'))?.total).toBe(3)
    expect(errors).toHaveLength(2)
  })

  test('folds nothing twice when the outcome of a write and the position are unknown', async () => {
    const documents = memoryDocuments()
    let [unheard, away] = [false, false]
    const { add, append, start, letters, errors } = world({
      ...documents,
      write: async (generation, batch) => {
        const written = await documents.write(generation, batch)
        if (unheard) {
          unheard = false
          away = true
          throw new Unavailable('cut')
        }
        return written
      },
      position: async (generation) => {
        if (away) {
          away = false
          throw new Unavailable('away')
        }
        return documents.position(generation)
      },
    })
    await using here = await start(strict)
    await add('a', 1)
    expect((await here.total('a', strict))?.total).toBe(1)
    unheard = true
    await append('a', { type: 'Gone', data: {} })
    await expect.poll(() => errors.length).toBeGreaterThan(1)
    await add('a', 5)
    expect((await here.total('a', strict))?.total).toBe(5)
    expect(await letters.list()).toEqual([])
  })

  test('folds recorded and new events, each into every document that it concerns', async () => {
    const { add, append, start } = world()
    await add('a', 1, 2)
    await using running = await start(totals())
    await add('b', 5)
    await add('a', 4)
    await append('c', { type: 'Split', data: { into: ['d', 'e'] } })
    await append('b', { type: 'Gone', data: {} })
    expect(await running.total('a')).toStrictEqual({ id: 'a', total: 7, times: 3 })
    expect(await running.total('d')).toStrictEqual({ id: 'd', total: 0, times: 0 })
    expect(await running.total('b')).toBeUndefined()
    const { documents } = await running.models.find(totals(), { sort: ['id'] })
    expect(documents.map(({ id }) => id)).toStrictEqual(['a', 'd', 'e'])
  })

  test('continues from its position, and folds nothing twice', async () => {
    const { add, start } = world()
    for (let round = 1; round <= 3; round++) {
      await using running = await start(totals())
      await add('a', 1)
      expect((await running.total('a'))?.times).toBe(round)
    }
  })

  test('publishes its position to other processes while events that it does not read keep coming', async () => {
    const { append, start, documents } = world()
    await using _ = await start(totals())
    const stop = new AbortController()
    const chatter = (async () => {
      while (!stop.signal.aborted) {
        await append('chatter', { type: 'Chatted', data: {} })
        await pause(20)
      }
    })()
    try {
      await expect
        .poll(async () => (await documents.positions(['totals'])).get('totals'), {
          timeout: 120_000,
        })
        .toBeGreaterThan(0n)
    } finally {
      stop.abort()
      await chatter
    }
  })

  test('delays a query until the position that it names, and reports its own position', async () => {
    const { add, start } = world()
    await using running = await start(totals())
    for (let n = 1; n <= 20; n++) {
      const position = await add('a', 1)
      const { document, position: at } = await running.models.get(totals(), 'a', position)
      expect(document?.times).toBe(n)
      expect.assert(at >= position)
    }
  })

  test('that does not reach a position in time fails the query as not caught up', async () => {
    const { documents, log } = world()
    const waiting = progressOf(documents, await openFeed(log)).reach('totals', 1n, {
      timeoutMs: 30,
    })
    await expect(waiting).rejects.toThrow(NotCaughtUp)
  })

  test('is run by one process at a time, and by another one when that one stops', async () => {
    const { add, start, errors } = world()
    const first = await start(totals())
    await using second = await start(totals())
    await add('a', 1, 2, 3)
    expect((await second.total('a'))?.times).toBe(3)
    await first[Symbol.asyncDispose]()
    await add('a', 4)
    expect((await second.total('a'))?.times).toBe(4)
    expect(errors).toStrictEqual([])
  })

  test('goes on after an outage of its store, whether or not the last write was recorded', async () => {
    const store = memoryDocuments()
    let writes = 0
    const { add, start, errors } = world({
      ...store,
      write: async (generation, batch) => {
        writes += 1
        if (writes % 3 === 1) throw new Unavailable('cut before')
        const done = await store.write(generation, batch)
        if (writes % 3 === 2) throw new Unavailable('cut after')
        return done
      },
    })
    await using running = await start(totals())
    for (let n = 1; n <= 6; n++) {
      await add('a', 1)
      expect((await running.total('a'))?.times).toBe(n)
    }
    expect.assert(errors.length >= 2)
  })
})

describe('an event whose rule fails', () => {
  test('parks its document; later events of the document wait, and other documents go on', async () => {
    const flaw = { broken: true }
    const { add, start, letters } = world()
    await using running = await start(totals(1, flaw))
    await add('a', 1)
    const position = await add('a', 13)
    await add('a', 2)
    await add('b', 5)
    expect((await running.total('b'))?.total).toBe(5)
    expect((await running.total('a'))?.total).toBe(1)
    const [letter, ...others] = await letters.list()
    expect(others).toStrictEqual([])
    expect([letter?.key, letter?.position, letter?.type]).toStrictEqual(['a', position, 'Added'])
    expect(letter?.error ?? '').toMatch(/unlucky/)
  })

  test('is retried in order once the rule is repaired', async () => {
    const flaw = { broken: true }
    const { add, start, letters, control } = world()
    await using running = await start(totals(1, flaw))
    await add('a', 1, 13, 2)
    await running.total('a')
    const [letter] = await letters.list()
    const retry = async () => {
      await letters.requestRetry(letter!.id)
      await control.announce()
    }
    await retry()
    await expect.poll(async () => (await letters.list())[0]?.attempts).toBe(2)

    flaw.broken = false
    await add('a', 4)
    await retry()
    await expect.poll(() => letters.list()).toEqual([])
    await add('a', 5)
    expect(await running.total('a')).toStrictEqual({ id: 'a', total: 25, times: 5 })
  })

  test('is still parked after a restart', async () => {
    const flaw = { broken: true }
    const { add, start } = world()
    {
      await using running = await start(totals(1, flaw))
      await add('a', 1, 13)
      await running.total('a')
    }
    await using running = await start(totals())
    await add('a', 2)
    expect((await running.total('a'))?.times).toBe(1)
  })

  test('and whose document is unknown parks its stream', async () => {
    const flaw = { broken: true }
    const { add, start, letters, control } = world()
    await using running = await start(totals(1, flaw))
    await add('keyless', 3)
    await add('a', 1)
    expect((await running.total('a'))?.total).toBe(1)
    const [letter] = await letters.list()
    expect(letter?.key).toBe('stream:counter-keyless')
    flaw.broken = false
    await add('keyless', 4)
    await letters.requestRetry(letter!.id)
    await control.announce()
    await expect.poll(() => letters.list()).toEqual([])
    expect((await running.total('keyless'))?.total).toBe(7)
  })
})

describe('an engine without transactions', () => {
  const inMongo: Projection<Total> = { ...totals(), store: 'mongo' }
  const withEngine = (home = memoryDocuments(), engine: DocumentEngine = memoryEngine()) =>
    routedDocuments(home, { mongo: { engine, isCurrent: true } })

  test('counts nothing twice when the process ends between the writes of documents and position', async () => {
    const home = memoryDocuments()
    const engine = memoryEngine()
    let isDying = false
    const dying = withEngine(
      {
        ...home,
        writeAll: async (batches) => {
          if (isDying) throw new Unavailable('dies before the position is moved')
          return home.writeAll(batches)
        },
      },
      engine,
    )
    const { add, append, start } = world(dying)
    {
      await using running = await start(inMongo)
      await add('gone', 1)
      await add('a', 1)
      expect((await running.total('a', inMongo))?.total).toBe(1)
      isDying = true
      await append('gone', { type: 'Added', data: { by: 2 } }, { type: 'Gone', data: {} })
      await add('a', 10)
      const live = (await dying.live(inMongo))!
      await expect
        .poll(async () => (await engine.load(live, ['a'])).get('a')?.document)
        .toMatchObject({ total: 11 })
    }
    const position = await dying.position((await dying.live(inMongo))!)
    // The events after the crash make the next batch larger.
    await add('a', 100)
    await add('b', 1000)
    const documents = withEngine(home, engine)
    await using running = await start.of(documents, inMongo)
    expect(position).toBe(2n)
    expect(await running.total('a', inMongo)).toEqual({ id: 'a', total: 111, times: 3 })
    expect((await running.total('b', inMongo))?.total).toBe(1000)
    expect(await running.total('gone', inMongo)).toBeUndefined()
    await add('a', 1)
    expect((await running.total('a', inMongo))?.total).toBe(112)
  })

  test('is rebuilt as requested, although it was looked for before the engine had created it', async () => {
    const engine = memoryEngine()
    const [creating, mayCreate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const documents = withEngine(undefined, {
      ...engine,
      create: async (generation) => {
        if (generation.generation === 2) {
          creating.resolve()
          await mayCreate.promise
        }
        await engine.create(generation)
      },
    })
    const { add, start, control } = world(documents)
    await using running = await start(inMongo)
    await add('a', 1)
    await running.total('a', inMongo)
    const begun = documents.begin(inMongo)
    await creating.promise
    // Of another read model.
    await control.announce()
    const live = async () => (await documents.live(inMongo))?.generation
    await expect.poll(live).toBe(3)
    mayCreate.resolve()
    expect(await engine.has(await begun)).toBe(false)
    expect((await running.total('a', inMongo))?.total).toBe(1)
  })

  test('that is unavailable is retried with a back-off, although PostgreSQL answers', async () => {
    const tries: number[] = []
    const { add, start } = world(
      withEngine(undefined, {
        ...memoryEngine(),
        write: async () => {
          tries.push(performance.now())
          throw new Unavailable('away')
        },
      }),
    )
    await using _ = await start(inMongo)
    await add('a', 1)
    const pause = () => (tries.at(-1) ?? 0) - (tries.at(-2) ?? Infinity)
    await expect.poll(pause, { timeout: 60_000 }).toBeGreaterThan(350)
    expect(tries.length).toBeLessThan(10)
  })

  test('that refuses a document has it parked by name, and the others are written', async () => {
    const engine = memoryEngine()
    let largest = 100
    const refusing: DocumentEngine = {
      ...engine,
      write: async (generation, batch) => {
        for (const [key, document] of batch.upserts)
          if ((document as Total).total > largest)
            throw new DocumentRefused(key, `more than ${largest}`)
        await engine.write(generation, batch)
      },
    }
    const { add, start, letters, control, errors } = world(withEngine(undefined, refusing))
    // The second writes together with the first.
    const also: Projection<Total> = { ...inMongo, name: 'also' }
    await using running = await start(inMongo, also)
    await add('a', 1)
    await running.total('a', inMongo)
    const position = await add('a', 200, 3)
    await add('b', 5)
    for (const model of [inMongo, also]) {
      expect((await running.total('b', model))?.total).toBe(5)
      expect((await running.total('a', model))?.total).toBe(1)
    }
    await add('a', 4)
    expect((await running.total('a', inMongo))?.total).toBe(1)
    const parked = await letters.list()
    expect(parked.map(({ name }) => name).toSorted()).toEqual(['also', 'totals'])
    for (const letter of parked) {
      expect([letter.key, letter.position, letter.type]).toEqual(['a', position - 1n, 'Added'])
      expect(letter.error).toContain(
        'DocumentRefused: The document a is refused by its store: more than 100',
      )
    }
    expect(errors.every((error) => error instanceof DocumentRefused)).toBe(true)

    const retry = async () => {
      for (const { id } of await letters.list()) await letters.requestRetry(id)
      await control.announce()
    }
    await retry()
    await expect
      .poll(async () => (await letters.list()).map(({ attempts }) => attempts))
      .toEqual([2, 2])
    largest = 1_000
    await retry()
    await expect.poll(() => letters.list()).toEqual([])
    for (const model of [inMongo, also])
      await expect.poll(async () => (await running.total('a', model))?.total).toBe(208)
  })
})

describe('a request of an operator for one document', () => {
  const requesting = ({ log, letters, control, documents }: ReturnType<typeof world>) =>
    operations({
      projections: [totals()],
      sagas: [],
      catalogue: catalogue([]),
      overview: sagaOverview([]),
      documents,
      log,
      letters,
      audits: memoryAudits(),
      control,
      progress: progressOf(documents),
      queues: [],
      clock: () => new Date(),
    })

  test('to remove it lasts until an event creates it, or it is refolded', async () => {
    const all = world()
    const { add, start, letters, log } = all
    const operate = requesting(all)
    await using running = await start(totals())
    await add('a', 1, 2)
    await add('b', 5)
    expect((await running.total('a'))?.total).toBe(3)
    expect(await operate.removeDocument('totals', 'a')).toBe(true)
    await expect.poll(() => letters.list()).toEqual([])
    const a = async () => (await running.models.get(totals(), 'a', await log.head())).document
    await expect.poll(a).toBeUndefined()
    expect((await running.total('b'))?.total).toBe(5)
    await add('a', 4)
    expect(await running.total('a')).toStrictEqual({ id: 'a', total: 4, times: 1 })

    expect(await operate.refold('totals', 'a')).toBe(true)
    await expect.poll(() => letters.list()).toEqual([])
    await expect.poll(a).toEqual({ id: 'a', total: 7, times: 3 })
    await add('a', 5)
    expect(await running.total('a')).toStrictEqual({ id: 'a', total: 12, times: 4 })
  })

  test('takes the place of its dead letter', async () => {
    const flaw = { broken: true }
    const all = world()
    const { add, start, letters } = all
    await using running = await start(totals(1, flaw))
    await add('a', 1, 13)
    await running.total('a')
    flaw.broken = false
    await requesting(all).refold('totals', 'a')
    await expect.poll(() => letters.list()).toEqual([])
    await add('a', 1)
    expect(await running.total('a')).toStrictEqual({ id: 'a', total: 15, times: 3 })
  })

  test.each(['refold', 'removeDocument'] as const)(
    'to %s takes effect on one that stands ahead of its generation after a crash',
    async (request) => {
      // The engine has documents up to 3; the process ended before PostgreSQL had the position.
      const inMongo: Projection<Total> = { ...totals(), store: 'mongo' }
      const engine = memoryEngine()
      const documents = routedDocuments(memoryDocuments(), { mongo: { engine, isCurrent: true } })
      const all = world(documents)
      const { add, letters, start } = all
      const generation = await documents.begin(inMongo)
      await documents.publish(generation)
      const to = await add('a', 1, 2, 4)
      const wrong = new Map([['a', { id: 'a', total: 999, times: 99 }]])
      await engine.write(generation, { from: 0n, to, upserts: wrong, deletes: [] })
      expect(await documents.position(generation)).toBe(0n)
      expect(await requesting(all)[request]('totals', 'a')).toBe(true)
      await using running = await start(inMongo)
      await expect.poll(() => letters.list()).toEqual([])
      const isRefold = request === 'refold'
      expect(await running.total('a', inMongo)).toEqual(
        isRefold ? { id: 'a', total: 7, times: 3 } : undefined,
      )
      // What comes after it is folded once.
      await add('a', 8)
      expect(await running.total('a', inMongo)).toEqual(
        isRefold ? { id: 'a', total: 15, times: 4 } : { id: 'a', total: 8, times: 1 },
      )
    },
  )

  test('is refused for a read model that does not exist', async () => {
    expect(await requesting(world()).refold('totals', 'a')).toBe(false)
    expect(await requesting(world()).removeDocument('none', 'a')).toBe(false)
  })
})

describe('a rebuild', () => {
  test('is built beside the live generation, compared with it, and then replaces it', async () => {
    const { add, start, documents, control } = world()
    await using running = await start(totals())
    for (let n = 0; n < 50; n++) await add(`n${n}`, n)
    await running.total('n0')
    const before = await documents.live(totals())
    await documents.begin(totals())
    await control.announce()
    let asked = 0
    while ((await documents.live(totals()))?.generation === before?.generation) {
      expect((await running.models.get(totals(), 'n7')).document?.total).toBe(7)
      asked += 1
      await add('n7', 0)
      await new Promise(setImmediate)
    }
    expect.assert(asked > 0)
    const [only, ...others] = await documents.generations('totals')
    expect(others).toStrictEqual([])
    expect(only?.comparison).toStrictEqual({ same: 50, different: 0, onlyOld: 0, onlyNew: 0 })
    await add('n7', 1)
    expect((await running.total('n7'))?.total).toBe(8)
  })

  test('is started by a new version of the projection; the old generation is read until it is ready', async () => {
    const { add, start, documents } = world()
    {
      await using running = await start(totals())
      await add('a', 1, 2)
      await running.total('a')
    }
    await using running = await start(totals(2))
    expect((await running.models.get(totals(2), 'a')).document?.times).toStrictEqual(2)
    await expect
      .poll(async () => (await documents.generations('totals')).map(({ version }) => version))
      .toEqual([2])
    expect((await running.total('a', totals(2)))?.total).toBe(6)
    const [record] = await documents.generations('totals')
    expect(record?.comparison).toStrictEqual({ same: 0, different: 1, onlyOld: 0, onlyNew: 0 })
  })
})

test('a projection stops, and parks nothing, before an event that only a newer version can fold', async () => {
  let isNewer = true
  const { log, letters, errors, add, start, documents } = world(memoryDocuments(), ({ metadata }) =>
    isNewer && metadata.schemaVersion > 1 ? 'It is newer' : undefined,
  )
  await using here = await start(totals())
  await add('a', 1)
  const newer = { type: 'Added', data: { by: 2 }, metadata: { ...someMetadata, schemaVersion: 2 } }
  await log.append('counter-a', 'any', [{ eventId: randomUUID(), ...newer }])
  await add('a', 4)
  await expect.poll(() => errors).toEqual([expect.any(NewerVersion)])
  const live = await documents.live(totals())
  expect(await documents.get(totals(), 'a')).toMatchObject({ total: 1 })
  expect(live && (await documents.position(live))).toBe(1n)
  expect(await letters.list({ kind: 'projection', name: 'totals', generation: 1 })).toEqual([])
  // As the newer version does that takes the lease over.
  isNewer = false
  await expect.poll(async () => (await here.total('a'))?.total).toBe(7)
})

test('a read model that a newer version has built is not replaced by an older one that starts', async () => {
  const { add, start, documents, errors } = world()
  {
    await using running = await start(totals(2))
    await add('a', 1)
    await running.total('a', totals(2))
  }
  await using _ = await start(totals(1))
  await expect
    .poll(() => errors.map(String))
    .toEqual([expect.stringContaining('was built by its version 2')])
  expect((await documents.generations('totals')).map(({ version }) => version)).toEqual([2])
})

test('a paused projection writes nothing until it is resumed', async () => {
  const { add, start, control } = world()
  await using running = await start(totals())
  await add('a', 1)
  await running.total('a')
  await control.pause('totals')
  const behind = async () => {
    await add('a', 1)
    const waiting = running.models.reach(totals(), 'head')
    return Promise.race([waiting.then(() => false), new Promise(setImmediate).then(() => true)])
  }
  await expect.poll(behind).toBe(true)
  await control.resume('totals')
  const { total, times } = (await running.total('a'))!
  expect(total).toBe(times)
})

describe('a read model that declares another store', () => {
  const inMongo: Projection<Total> = { ...totals(), store: 'mongo' }
  const liveIn = async (documents: DocumentStore) => (await documents.live(inMongo))?.store

  test('moves there once the store is configured, and back when it no longer is', async () => {
    const home = memoryDocuments()
    const engine = memoryEngine()
    const { add, start, errors, ...rest } = world(routedDocuments(home, {}))
    {
      await using running = await start(inMongo)
      await add('a', 1, 2)
      expect((await running.total('a', inMongo))?.total).toBe(3)
    }
    expect(await liveIn(rest.documents)).toBe('postgres')
    for (const [isCurrent, store, by] of [
      [true, 'mongo', 4],
      [false, 'postgres', 5],
    ] as const) {
      const documents = routedDocuments(home, { mongo: { engine, isCurrent } })
      await using running = await start.of(documents, inMongo)
      await expect.poll(() => liveIn(documents), { timeout: 60_000 }).toBe(store)
      const before = (await running.total('a', inMongo))!.total
      await add('a', by)
      expect((await running.total('a', inMongo))?.total).toBe(before + by)
      const [record, ...others] = await documents.generations('totals')
      expect([record?.store, others]).toEqual([store, []])
      expect(record?.comparison).toEqual({ same: 1, different: 0, onlyOld: 0, onlyNew: 0 })
    }
    expect(errors).toEqual([])
  })

  test('is built in PostgreSQL when its store is no longer configured', async () => {
    const home = memoryDocuments()
    const engine = memoryEngine()
    const { add, start, errors } = world(
      routedDocuments(home, { mongo: { engine, isCurrent: true } }),
    )
    {
      await using running = await start(inMongo)
      await add('a', 1)
      await running.total('a', inMongo)
    }
    const documents = routedDocuments(home, {})
    await using running = await start.of(documents, inMongo)
    await expect.poll(() => liveIn(documents), { timeout: 60_000 }).toBe('postgres')
    expect((await running.total('a', inMongo))?.total).toBe(1)
    expect(errors.map(String)).toEqual([
      'GenerationMissing: totals is no longer in mongo: it is built anew',
    ])
  })

  test('stays up to date in its store while the new store is unavailable, and moves once that answers', async () => {
    const home = memoryDocuments()
    const engine = memoryEngine()
    let isAway = true
    const away = async () => {
      if (isAway) throw new Unavailable('MongoDB is away')
    }
    const { add, start, errors } = world(routedDocuments(home, {}))
    {
      await using running = await start(inMongo)
      await add('a', 1)
      await running.total('a', inMongo)
    }
    const documents = routedDocuments(home, {
      mongo: {
        engine: {
          ...engine,
          create: async (generation) => {
            await away()
            await engine.create(generation)
          },
          has: async (generation) => {
            await away()
            return engine.has(generation)
          },
        },
        isCurrent: true,
      },
    })
    await using running = await start.of(documents, inMongo)
    await expect.poll(() => errors.length).toBeGreaterThan(0)
    for (let n = 2; n <= 20; n++) {
      await add('a', 1)
      expect((await running.total('a', inMongo))?.total).toBe(n)
    }
    expect([await liveIn(documents), new Set(errors.map(String))]).toEqual([
      'postgres',
      new Set(['Unavailable: MongoDB is away']),
    ])
    // The live generation was never stopped meanwhile, as each attempt to build would have done.
    expect(errors.length).toBeLessThan(5)
    isAway = false
    await expect.poll(() => liveIn(documents), { timeout: 60_000 }).toBe('mongo')
    expect((await running.total('a', inMongo))?.total).toBe(20)
  })

  test('drops its former generation, which may hold personal data, once the former store answers again', async () => {
    const home = memoryDocuments()
    const engine = memoryEngine()
    let isAway = true
    const documents = routedDocuments(home, {
      mongo: {
        engine: {
          ...engine,
          drop: async (generation) => {
            if (isAway) throw new Unavailable('MongoDB is away')
            await engine.drop(generation)
          },
        },
        isCurrent: false,
      },
    })
    const { add, start, control, errors } = world(
      routedDocuments(home, { mongo: { engine, isCurrent: true } }),
    )
    {
      await using running = await start(inMongo)
      await add('a', 1)
      await running.total('a', inMongo)
    }
    const former = (await documents.live(inMongo))!
    await using running = await start.of(documents, inMongo)
    await expect.poll(() => liveIn(documents), { timeout: 60_000 }).toBe('postgres')
    await expect.poll(() => errors.length).toBeGreaterThan(0)
    await add('a', 1)
    expect((await running.total('a', inMongo))?.total).toBe(2)
    isAway = false
    await expect
      .poll(async () => {
        await control.announce()
        return engine.has(former)
      })
      .toBe(false)
    expect(await documents.generations('totals')).toHaveLength(1)
  })

  test('is built in PostgreSQL although the store that it leaves is unavailable', async () => {
    const home = memoryDocuments()
    const engine = memoryEngine()
    const { add, start, errors } = world(
      routedDocuments(home, { mongo: { engine, isCurrent: true } }),
    )
    {
      await using running = await start(inMongo)
      await add('a', 1)
      await running.total('a', inMongo)
    }
    const away = async () => {
      throw new Unavailable('away')
    }
    const former = { ...engine, has: away, create: away, drop: away, scan: away, get: away }
    const documents = routedDocuments(home, { mongo: { engine: former, isCurrent: false } })
    await using running = await start.of(documents, inMongo)
    await expect.poll(() => liveIn(documents), { timeout: 60_000 }).toBe('postgres')
    await add('a', 2)
    expect((await running.total('a', inMongo))?.total).toBe(3)
    expect(errors.some((error) => error instanceof Unavailable)).toBe(true)
  })

  test('is rebuilt when the store loses it while events are recorded', async () => {
    const engine = memoryEngine()
    const documents = routedDocuments(memoryDocuments(), { mongo: { engine, isCurrent: true } })
    const { add, start, errors } = world(documents)
    await using running = await start(inMongo)
    await add('a', 1)
    await running.total('a', inMongo)
    const lost = (await documents.live(inMongo))!
    await engine.drop(lost)
    await add('b', 2)
    await expect
      .poll(async () => (await documents.live(inMongo))?.generation, { timeout: 60_000 })
      .toBe(lost.generation + 1)
    expect((await running.total('a', inMongo))?.total).toBe(1)
    expect((await running.total('b', inMongo))?.total).toBe(2)
    expect(errors.some((error) => error instanceof GenerationMissing)).toBe(true)
  })
})
