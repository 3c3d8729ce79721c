import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { Type, type Static } from 'typebox'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { decider, Fields, projection, type Projection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { until } from '../../test/support/until.ts'
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { Search } from '../platform/storage/search/port.ts'
import { postgresDocuments } from '../platform/storage/documents/postgres.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { openDatabase, type Database } from '../platform/engines/postgres/database.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { openFeed } from './feed.ts'
import { groupedWriter } from './grouped-writer.ts'
import { progress as progressOf } from './progress.ts'
import { project } from './project.ts'
import { readModels } from './read-models.ts'
import { NotCaughtUp } from './reading.ts'
import { gated } from './testing/gated.ts'

const counter = decider({
  name: 'counter',
  id: Type.String(),
  commands: {},
  events: { Added: Fields({ by: Type.Integer() }), Gone: Fields({}) },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { Added: () => null, Gone: () => null },
})

const Sum = Fields({ id: Type.String(), sum: Type.Integer(), times: Type.Integer() })
type Sum = Static<typeof Sum>

/** Flaws of the rules of some projections: they fail at this number. */
type Flaw = { unlucky?: number }

const summing = (
  name: string,
  flaw: Flaw = {},
  more: { readonly delay?: number; readonly beginsWith?: [typeof counter] } = {},
): Projection<Sum> =>
  projection({
    name,
    store: 'postgres',
    within: 60_000,
    document: Sum,
    from: [counter],
    key: ({ id }) => id,
    ...more,
  }).rules({
    Added: (document, { data: { by } }, key) => {
      if (by === flaw.unlucky) throw new Error('unlucky')
      const { sum, times } = document ?? { sum: 0, times: 0 }
      return { id: key, sum: sum + by, times: times + 1 }
    },
    Gone: () => undefined,
  })

/** A log on which several processes may run, over stores of theirs. */
const world = () => {
  const log = memoryEventLog()
  const letters = memoryDeadLetters()
  const leases = memoryLeases()
  const control = memoryControl()

  const append = async (id: string, ...events: { type: string; data: object }[]) => {
    const { position } = await log.append(
      `counter-${id}`,
      'any',
      events.map((event) => ({ eventId: randomUUID(), metadata: someMetadata, ...event })),
    )
    return position
  }
  const add = (id: string, ...numbers: number[]) =>
    append(id, ...numbers.map((by) => ({ type: 'Added', data: { by } })))

  const start = async (
    documents: DocumentStore & Search,
    projections: readonly Projection<Sum>[],
    own: { readonly leases?: Leases; readonly fedBy?: EventLog } = {},
  ) => {
    const stop = new AbortController()
    const feed = await openFeed(own.fedBy ?? log)
    const progress = progressOf(documents, feed)
    const errors: string[] = []
    const writer = groupedWriter({ documents, feed })
    const running = projections.map((one) =>
      project(one, stop.signal, {
        feed,
        documents,
        writers: () => writer,
        letters,
        leases: own.leases ?? leases,
        control,
        catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
        progress,
        onError: (_, name) => errors.push(name),
      }),
    )
    const models = readModels(documents, progress, log)
    return {
      errors,
      progress,
      at: async (one: Projection<Sum>, id: string, position?: bigint) =>
        (await models.get(one, id, position)).document,
      caughtUp: () => Promise.all(projections.map((one) => models.reach(one, 'head'))),
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await Promise.all(running)
        await feed.close()
      },
    }
  }
  return { log, letters, control, add, append, start }
}

/** Waits until all projections of a process write together. @param add adds an event that all of them read */
const together = async (
  here: { readonly caughtUp: () => Promise<unknown> },
  writes: string[],
  names: string,
  add: () => Promise<unknown>,
) => {
  const round = async () => {
    writes.length = 0
    await add()
    await here.caughtUp()
    return writes
  }
  await expect.poll(round).toEqual([names])
  writes.length = 0
}

/** A store that records its calls. */
const noting = (store: DocumentStore & Search) => {
  const writes: string[] = []
  const loads: string[] = []
  const noted: DocumentStore & Search = {
    ...store,
    load: async (generation, keys) => {
      loads.push(...keys)
      return store.load(generation, keys)
    },
    write: async (generation, batch) => {
      writes.push(generation.projection.name)
      return store.write(generation, batch)
    },
    writeAll: async (batches) => {
      writes.push(
        batches
          .map(({ generation }) => generation.projection.name)
          .toSorted()
          .join(' '),
      )
      return store.writeAll(batches)
    },
  }
  return { store: noted, writes, loads }
}

describe('projections of one store', () => {
  test('write the documents that they fold from a slice in one statement, however many they are', async () => {
    const { add, append, start } = world()
    const { store, writes } = noting(memoryDocuments())
    const models = ['a', 'b', 'c', 'd', 'e'].map((name) => summing(name))
    await using here = await start(store, models)
    await together(here, writes, 'a b c d e', () => add('w', 1))
    const position = await add('x', 1, 2)
    for (const model of models)
      expect(await here.at(model, 'x', position)).toEqual({ id: 'x', sum: 3, times: 2 })
    expect(writes).toEqual(['a b c d e'])
    const gone = await append('x', { type: 'Gone', data: {} })
    for (const model of models) expect(await here.at(model, 'x', gone)).toBeUndefined()
    expect(writes).toHaveLength(2)
  })

  test('go on without one whose rule fails: only its document is parked', async () => {
    const { add, start, letters, control } = world()
    const { store, writes } = noting(memoryDocuments())
    const flaw: Flaw = { unlucky: 13 }
    const models = [summing('a'), summing('b', flaw), summing('c')]
    await using here = await start(store, models)
    await here.caughtUp()
    await add('x', 1)
    await here.caughtUp()
    await add('x', 13)
    const position = await add('y', 5)
    for (const model of models) expect((await here.at(model, 'y', position))?.sum).toBe(5)
    expect((await here.at(models[0]!, 'x'))?.sum).toBe(14)
    expect((await here.at(models[1]!, 'x'))?.sum).toBe(1)
    const [letter, ...others] = await letters.list()
    expect([letter?.name, letter?.key, others]).toEqual(['b', 'x', []])

    flaw.unlucky = 0
    await letters.requestRetry(letter!.id)
    await control.announce()
    await expect.poll(() => letters.list()).toEqual([])
    await expect.poll(async () => (await here.at(models[1]!, 'x'))?.sum).toBe(14)
    // The one that went alone meanwhile joins the others again.
    await together(here, writes, 'a b c', () => add('x', 1))
  })

  test('are written one by one when another process has moved one of them', async () => {
    const { add, start } = world()
    const memory = memoryDocuments()
    const { store, writes } = noting(memory)
    const models = ['a', 'b', 'c'].map((name) => summing(name))
    await using here = await start(store, models)
    await together(here, writes, 'a b c', () => add('w', 1))
    await add('x', 1)
    await here.caughtUp()
    const stolen = (await memory.live(models[1]!))!
    const from = await memory.position(stolen)
    const upserts = new Map([['x', { id: 'x', sum: 100, times: 9 }]])
    await memory.write(stolen, { from, to: from, upserts, deletes: [] })
    await memory.advance([{ generation: stolen, from, to: from + 1n }])
    writes.length = 0
    const position = await add('x', 1)
    for (const model of [models[0]!, models[2]!])
      expect((await here.at(model, 'x', position))?.sum).toBe(2)
    expect(writes[0]).toBe('a b c')
    expect(writes.slice(1, 4).toSorted()).toEqual(['a', 'b', 'c'])
    await expect.poll(() => here.errors).toEqual(['b'])
    // It continues from the position of the other process.
    await add('x', 1)
    await here.caughtUp()
    expect((await here.at(models[1]!, 'x'))?.sum).toBe(101)
  })

  test('load no documents of streams that begin in the slice, where they declare that', async () => {
    const { add, append, start } = world()
    const memory = memoryDocuments()
    const model = summing('a', {}, { beginsWith: [counter] })
    {
      const { store, loads } = noting(memory)
      await using here = await start(store, [model])
      await add('x', 1, 2)
      const position = await add('y', 1)
      expect((await here.at(model, 'y', position))?.sum).toBe(1)
      expect((await here.at(model, 'x'))?.sum).toBe(3)
      expect(loads).toEqual([])
    }
    // Documents that are not cached, and whose streams did not begin here, are loaded.
    const { store, loads } = noting(memory)
    await using here = await start(store, [model])
    await add('x', 4)
    const gone = await append('y', { type: 'Gone', data: {} })
    expect(await here.at(model, 'y', gone)).toBeUndefined()
    expect((await here.at(model, 'x'))?.sum).toBe(7)
    expect(new Set(loads)).toEqual(new Set(['x', 'y']))
  })

  test('that may be late write seldom, and at once when a caller waits', async () => {
    const { add, start } = world()
    const { store, writes } = noting(memoryDocuments())
    const late = summing('late', {}, { delay: 60_000 })
    const prompt = summing('prompt')
    await using here = await start(store, [late, prompt])
    await expect
      .poll(async () => {
        writes.length = 0
        const position = await add('w', 1)
        await here.at(prompt, 'w', position)
        return writes
      })
      .toEqual(['prompt'])
    writes.length = 0
    for (let nth = 1; nth <= 5; nth += 1)
      expect((await here.at(prompt, 'x', await add('x', 1)))?.sum).toBe(nth)
    expect(writes).not.toContain('late')
    const position = await add('x', 1)
    expect((await here.at(late, 'x', position))?.sum).toBe(6)
    expect(writes.filter((name) => name.includes('late'))).toHaveLength(1)
    // Its reported position is right while it is late.
    await add('x', 1)
    const standing = await here.progress.positionOf('late')
    expect(standing).toBe(position)
    // A position whose caller has given up is no longer waited for.
    const far = here.progress.reach('late', 10n ** 17n, { timeoutMs: 20 })
    await expect(far).rejects.toBeInstanceOf(NotCaughtUp)
    await here.caughtUp()
    writes.length = 0
    for (let nth = 0; nth < 3; nth += 1) await here.at(prompt, 'x', await add('x', 1))
    expect(writes).toEqual(['prompt', 'prompt', 'prompt'])
  })

  test('go on without one whose documents take long to load, which is written once they are loaded', async () => {
    const { add, start } = world()
    const memory = memoryDocuments()
    const loaded = Promise.withResolvers<void>()
    const { store, writes } = noting({
      ...memory,
      load: async (generation, keys) => {
        if (generation.projection.name === 'b' && keys.includes('slow')) await loaded.promise
        return memory.load(generation, keys)
      },
    })
    const models = ['a', 'b', 'c'].map((name) => summing(name))
    await using here = await start(store, models)
    using _ = { [Symbol.dispose]: () => loaded.resolve() }
    await together(here, writes, 'a b c', () => add('w', 1))
    await add('slow', 1)
    for (let nth = 1; nth <= 3; nth += 1) {
      const position = await add('x', 1)
      for (const model of [models[0]!, models[2]!])
        expect((await here.at(model, 'x', position))?.sum).toBe(nth)
    }
    expect(writes).not.toContain('b')
    loaded.resolve()
    await here.caughtUp()
    expect((await here.at(models[1]!, 'x'))?.sum).toBe(3)
    expect((await here.at(models[1]!, 'slow'))?.sum).toBe(1)
    expect(here.errors).toEqual([])
    await together(here, writes, 'a b c', () => add('w', 1))
  })

  test('fold a parked document again in a process whose feed is behind the stored position', async () => {
    const { log, letters, add, start } = world()
    const documents = memoryDocuments()
    const flaw: Flaw = { unlucky: 2 }
    const model = summing('a', flaw)
    const late = gated(log)
    const first = await start(documents, [model])
    await first.caughtUp()
    await using second = await start(documents, [model], { fedBy: late.log })
    await add('x', 1, 2)
    await add('y', 3)
    await first.caughtUp()
    flaw.unlucky = 0
    await letters.requestRetry((await letters.list())[0]!.id)
    const asked = vi.spyOn(letters, 'requested')
    await first[Symbol.asyncDispose]()
    await expect.poll(() => asked.mock.calls.length).toBe(1)
    // Timers and sockets still have their turn.
    await turn()
    late.open()
    await expect.poll(() => letters.list()).toEqual([])
    expect(await second.at(model, 'x')).toEqual({ id: 'x', sum: 3, times: 2 })
  })

  test('of a process that has lost its leases write nothing', async () => {
    const { add, start } = world()
    const { store, writes } = noting(memoryDocuments())
    const models = ['a', 'b', 'c'].map((name) => summing(name))
    const shared = memoryLeases()
    let isHung = false
    // A process that hung sees the loss at its next check, as leases in PostgreSQL do.
    const ofHung: Leases = {
      ...shared,
      acquire: async (name, signal) => {
        if (isHung && !signal.aborted) await once(signal, 'abort')
        signal.throwIfAborted()
        const lease = await shared.acquire(name, signal)
        const gone = new AbortController()
        return {
          ...lease,
          lost: AbortSignal.any([lease.lost, gone.signal]),
          isHeld: () => {
            if (isHung) gone.abort()
            return !isHung && lease.isHeld()
          },
        }
      },
    }
    await using hung = await start(store, models, { leases: ofHung })
    await hung.caughtUp()
    await add('x', 1)
    await hung.caughtUp()
    writes.length = 0
    isHung = true
    const position = await add('x', 2)
    await expect
      .poll(() =>
        shared.acquire('projection:a', AbortSignal.timeout(100)).then(
          async (lease) => {
            await lease.release()
            return true
          },
          () => false,
        ),
      )
      .toBe(true)
    expect(writes).toEqual([])
    await hung[Symbol.asyncDispose]()
    expect(writes).toEqual([])
    await using other = await start(store, models, { leases: shared })
    for (const model of models)
      expect(await other.at(model, 'x', position)).toEqual({ id: 'x', sum: 3, times: 2 })
  })
})

// Mutation testing runs without PostgreSQL.
describe.skipIf(inject('postgresUrl') === undefined)('projections in PostgreSQL', () => {
  let fresh: TestDatabase
  beforeAll(async () => {
    fresh = await freshDatabase()
  })
  afterAll(() => fresh?.[Symbol.asyncDispose]())

  test('go on when the table of one of them is broken, and that one catches up once it is repaired', async () => {
    const { add, start } = world()
    const { store, writes } = noting(postgresDocuments(fresh.database))
    const models = ['sound_a', 'broken_b', 'sound_c'].map((name) => summing(name))
    await using here = await start(store, models)
    await here.caughtUp()
    await add('x', 1)
    await here.caughtUp()
    for (const [breaks, mends] of [
      [
        "ALTER TABLE read.broken_b_g1 ADD CHECK (key <> 'x') NOT VALID",
        'ALTER TABLE read.broken_b_g1 DROP CONSTRAINT broken_b_g1_key_check',
      ],
      [
        'ALTER TABLE read.broken_b_g1 RENAME TO elsewhere',
        'ALTER TABLE read.elsewhere RENAME TO broken_b_g1',
      ],
    ] as const) {
      const before = (await here.at(models[0]!, 'x'))!.sum
      await fresh.database.query(breaks)
      here.errors.length = 0
      for (let nth = 1; nth <= 5; nth += 1) {
        const position = await add('x', 1)
        expect((await here.at(models[0]!, 'x', position))?.sum).toBe(before + nth)
        expect((await here.at(models[2]!, 'x', position))?.sum).toBe(before + nth)
      }
      expect(new Set(here.errors)).toEqual(new Set(['broken_b']))
      await fresh.database.query(mends)
      await expect.poll(async () => (await here.at(models[1]!, 'x'))?.sum).toBe(before + 5)
    }
    await together(here, writes, 'broken_b sound_a sound_c', () => add('x', 1))
  })

  test('go on while the table of one of them is locked', async () => {
    const { add, start } = world()
    const { store, writes } = noting(postgresDocuments(fresh.database))
    const models = ['free_a', 'locked_b', 'free_c'].map((name) => summing(name))
    await using here = await start(store, models)
    await here.caughtUp()
    await add('x', 1)
    await here.caughtUp()
    const operator = await fresh.database.connect()
    await using _ = { [Symbol.asyncDispose]: operator.close }
    await operator.query('BEGIN')
    await operator.query('LOCK TABLE read.locked_b_g1 IN SHARE MODE')
    for (let nth = 2; nth <= 5; nth += 1) {
      const position = await add('x', 1)
      for (const model of [models[0]!, models[2]!])
        expect((await here.at(model, 'x', position))?.sum).toBe(nth)
    }
    expect((await here.at(models[1]!, 'x'))?.sum).toBe(1)
    await operator.query('ROLLBACK')
    await here.caughtUp()
    expect((await here.at(models[1]!, 'x'))?.sum).toBe(5)
    expect(here.errors).toEqual([])
    await together(here, writes, 'free_a free_c locked_b', () => add('x', 1))
  })

  /** A database whose process dies at one of its statements: before it is sent, or after it was committed. */
  const dyingAt = (nth: number, isDone: boolean, database: Database) => {
    let asked = 0
    const isDead = () => asked >= nth
    const query: Database['query'] = async (statement) => {
      if (isDead()) throw new Error('It is dead')
      asked += 1
      if (!isDead()) return database.query(statement)
      if (isDone) await database.query(statement)
      throw new Error('It died')
    }
    return {
      database: { ...database, query },
      isDead,
      begin: () => (asked = 0),
      asked: () => asked,
    }
  }

  test.each([true, false])(
    'are exactly right after their process is killed at any statement (committed: %s)',
    async (isDone) => {
      const suffix = isDone ? 'after' : 'before'
      for (let nth = 1; ; nth += 1) {
        const { add, append, start } = world()
        const models = ['a', 'b', 'c'].map((name) => summing(`${name}_${suffix}_${nth}`))
        const own = openDatabase(fresh.url, { connections: 4 })
        const dying = dyingAt(Infinity, isDone, own)
        const doomed = dyingAt(nth, isDone, own)
        let isArmed = false
        const query: Database['query'] = (statement) =>
          (isArmed ? doomed : dying).database.query(statement)
        await add('x', 1)
        const first = await start(postgresDocuments({ ...own, query }), models)
        await first.caughtUp()
        await add('y', 1)
        await first.caughtUp()
        isArmed = true
        await add('z', 3)
        await add('x', 2)
        await append('y', { type: 'Gone', data: {} })
        const survived = await Promise.race([
          first.caughtUp().then(
            () => true,
            () => false,
          ),
          until(doomed.isDead, (isDead) => isDead).then(() => false),
        ])
        await first[Symbol.asyncDispose]()
        await own.close()
        await using other = await start(postgresDocuments(fresh.database), models)
        await other.caughtUp()
        for (const model of models) {
          expect(await other.at(model, 'x')).toEqual({ id: 'x', sum: 3, times: 2 })
          expect(await other.at(model, 'y')).toBeUndefined()
          expect(await other.at(model, 'z')).toEqual({ id: 'z', sum: 3, times: 1 })
        }
        if (survived && !doomed.isDead()) break
      }
    },
    60_000,
  )
})
