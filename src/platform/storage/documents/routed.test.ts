import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fields, projection } from '#kernel'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { Unavailable } from '../../unavailable.ts'
import type { Search } from '../search/port.ts'
import { documentConformance } from './conformance.ts'
import { guardedWritingConformance } from './conformance-guarded.ts'
import { upserting, put, order, newModel } from './conformance-model.ts'
import type { DocumentEngine } from './engine.ts'
import { memoryEngine } from './memory-engine.ts'
import { memoryDocuments } from './memory.ts'
import { GenerationMissing, type DocumentStore } from './port.ts'
import { postgresDocuments } from './postgres.ts'
import { routedDocuments } from './routed.ts'

const withEngine = (home: DocumentStore & Search, engine: DocumentEngine, isCurrent = true) =>
  routedDocuments(home, { mongo: { engine, isCurrent } })

documentConformance('an engine, with bookkeeping in memory', async () => {
  const store = withEngine(memoryDocuments(), memoryEngine())
  return {
    declared: 'mongo',
    isTransactional: false,
    open: async () => store,
    close: async () => undefined,
  }
})

documentConformance('an engine, with bookkeeping in PostgreSQL', async () => {
  const fresh = await freshDatabase()
  const engine = memoryEngine()
  return {
    declared: 'mongo',
    isTransactional: false,
    open: async () => withEngine(postgresDocuments(fresh.database), engine),
    close: async () => fresh[Symbol.asyncDispose](),
  }
})

guardedWritingConformance('an engine in memory', async () => {
  const engine = memoryEngine()
  return {
    declared: 'mongo',
    engine,
    store: withEngine(memoryDocuments(), engine),
    close: async () => undefined,
  }
})

let fresh: TestDatabase
let home: DocumentStore & Search
beforeAll(async () => {
  fresh = await freshDatabase()
  home = postgresDocuments(fresh.database)
})
afterAll(() => fresh?.[Symbol.asyncDispose]())

const Note = Fields({ id: Type.String(), text: Type.String() })
let notes = 0
/** A read model that declares MongoDB. */
const newNotes = () =>
  projection({
    name: `notes_${(notes += 1)}`,
    store: 'mongo',
    within: 60_000,
    document: Note,
    from: [],
    key: () => undefined,
    indexes: [['text']],
  }).rules({})

const note = (id: string, text = id) => ({ id, text })
const notesOf = (...documents: readonly { id: string }[]) =>
  new Map(documents.map((one) => [one.id, one]))

describe('a read model', () => {
  test('lives in PostgreSQL while its store is not configured', async () => {
    const store = routedDocuments(home, {})
    const model = newNotes()
    const generation = await store.begin(model)
    expect(generation.store).toBe('postgres')
    await store.write(generation, { from: 0n, to: 1n, upserts: notesOf(note('a')), deletes: [] })
    await store.publish(generation)
    expect(await store.get(model, 'a')).toEqual(note('a'))
  })

  test('moves to its store and back, and readers see it whole', async () => {
    const engine = memoryEngine()
    const before = routedDocuments(home, {})
    const during = withEngine(home, engine)
    const after = withEngine(home, engine, false)
    const model = newNotes()
    let current = await before.begin(model)
    await before.write(current, {
      from: 0n,
      to: 5n,
      upserts: notesOf(note('a'), note('b'), note('c')),
      deletes: [],
    })
    await before.publish(current)
    for (const [store, name] of [
      [during, 'mongo'],
      [after, 'postgres'],
    ] as const) {
      const next = await store.begin(model)
      expect([store.storeFor(model), next.store]).toEqual([name, name])
      await store.write(next, {
        from: 0n,
        to: 5n,
        upserts: notesOf(note('a'), note('b', 'new'), note('d')),
        deletes: [],
      })
      const { same, different, onlyOld, onlyNew } = await store.compare(current, next, {
        limit: 9,
      })
      expect([same, different, onlyOld, onlyNew]).toEqual(
        name === 'mongo' ? [1, 1, 1, 1] : [3, 0, 0, 0],
      )
      expect(await store.find(model, { where: { text: 'c' } })).toMatchObject({
        total: name === 'mongo' ? 1 : 0,
      })
      await store.publish(next)
      await store.drop(current)
      expect((await store.find(model, { sort: ['text'] })).documents).toEqual(
        [note('a'), note('d'), note('b', 'new')].toSorted((a, b) => (a.text < b.text ? -1 : 1)),
      )
      current = next
    }
    expect(await engine.has({ ...current, generation: 2 })).toBe(false)
  })

  test('is compared by few documents of each generation at once, however many there are', async () => {
    const engine = memoryEngine()
    const read: number[] = []
    const scan: DocumentEngine['scan'] = async (generation, range) => {
      const page = await engine.scan(generation, range)
      read.push(page.length)
      return page
    }
    const store = withEngine(home, { ...engine, scan })
    const model = newNotes()
    const generations = [await store.begin(model, 'postgres'), await store.begin(model)] as const
    const keys = Array.from({ length: 1_000 }, (_key, nth) => `n${nth}`)
    for (const generation of generations) {
      const upserts = notesOf(...keys.map((id) => note(id)))
      await store.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
    }
    let same = 0
    for (let after: string | undefined, isOver = false; !isOver;) {
      const range = { limit: 70, ...(after !== undefined && { after }) }
      const compared = await store.compare(...generations, range)
      same += compared.same
      after = compared.end
      isOver = after === undefined
    }
    expect(same).toBe(1_000)
    expect([Math.max(...read), read.length]).toEqual([70, 15])
  })

  test('is unavailable where its documents are in a store that is not configured', async () => {
    const engine = memoryEngine()
    const model = newNotes()
    const store = withEngine(home, engine)
    const generation = await store.begin(model)
    await store.publish(generation)
    const without = routedDocuments(home, {})
    await expect(without.get(model, 'a')).rejects.toThrow(Unavailable)
    await expect(without.find(model, {})).rejects.toThrow(/lives in mongo/)
    expect(await without.has(generation)).toBe(false)
    expect(without.storeFor(model)).toBe('postgres')
  })

  test('has its record while documents remain in a store that is not configured, and is dropped with it later', async () => {
    const engine = memoryEngine()
    const model = newNotes()
    const first = await withEngine(home, engine).begin(model)
    await withEngine(home, engine).publish(first)
    const without = routedDocuments(home, {})
    await without.publish(await without.begin(model))
    const numbers = async () =>
      (await home.generations(model.name)).map(({ generation, store }) => [generation, store])
    await without.drop(first)
    expect(await numbers()).toEqual([
      [1, 'mongo'],
      [2, 'postgres'],
    ])
    expect(await engine.has(first)).toBe(true)
    await withEngine(home, engine, false).drop(first)
    expect(await numbers()).toEqual([[2, 'postgres']])
    expect(await engine.has(first)).toBe(false)
  })

  test('that its engine has lost is missing to readers and writers, until another takes its place', async () => {
    const engine = memoryEngine()
    const model = newNotes()
    const store = withEngine(home, engine)
    const lost = await store.begin(model)
    await store.publish(lost)
    await engine.drop(lost)
    const batch = { from: 0n, to: 1n, upserts: notesOf(note('a')), deletes: [] }
    await expect(store.write(lost, batch)).rejects.toThrow(GenerationMissing)
    await expect(store.get(model, 'a')).rejects.toThrow(GenerationMissing)
    expect([await store.has(lost), await store.position(lost)]).toEqual([false, 0n])
    const next = await store.begin(model)
    await store.write(next, batch)
    await store.publish(next)
    expect(await store.get(model, 'a')).toEqual(note('a'))
  })

  test('begins without what its engine has kept by the same name from another log', async () => {
    const engine = memoryEngine()
    const model = newNotes()
    const foreign = { projection: model, generation: 1, store: 'mongo' } as const
    await engine.create(foreign)
    await engine.write(foreign, { from: 0n, to: 9n, upserts: notesOf(note('x')), deletes: [] })
    const store = withEngine(home, engine)
    const generation = await store.begin(model)
    expect(generation).toEqual(foreign)
    await store.write(generation, { from: 0n, to: 1n, upserts: notesOf(note('a')), deletes: [] })
    await store.publish(generation)
    expect((await store.find(model, {})).documents).toEqual([note('a')])
  })

  test('that cannot begin while its engine is away leaves nothing behind', async () => {
    const engine = memoryEngine()
    let isAway = true
    const answering = async () => {
      if (isAway) throw new Unavailable('away')
    }
    const store = withEngine(home, {
      ...engine,
      has: (generation) => answering().then(() => engine.has(generation)),
      create: (generation) => answering().then(() => engine.create(generation)),
      drop: (generation) => answering().then(() => engine.drop(generation)),
    })
    const model = newNotes()
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(store.begin(model)).rejects.toThrow(Unavailable)
    expect(await store.generations(model.name)).toEqual([])
    isAway = false
    expect((await store.begin(model)).generation).toBe(1)
  })

  test('is read where it lives after a switch between the lookup and the read', async () => {
    const engine = memoryEngine()
    const model = newNotes()
    const plain = withEngine(home, engine)
    const first = await plain.begin(model)
    await plain.publish(first)
    const next = await plain.begin(model)
    await plain.write(next, { from: 0n, to: 1n, upserts: notesOf(note('a')), deletes: [] })
    /** Switches to the next generation just before the first read. */
    let isSwitched = false
    const store = withEngine(home, {
      ...engine,
      get: async (generation, key) => {
        if (!isSwitched) {
          isSwitched = true
          await plain.publish(next)
          await plain.drop(first)
        }
        return engine.get(generation, key)
      },
    })
    expect(await store.get(model, 'a')).toEqual(note('a'))
  })

  test('is read in its engine after it has moved there between the lookup and the read', async () => {
    const engine = memoryEngine()
    const model = newNotes()
    const before = routedDocuments(home, {})
    const first = await before.begin(model)
    await before.write(first, { from: 0n, to: 1n, upserts: notesOf(note('a')), deletes: [] })
    await before.publish(first)
    const after = withEngine(home, engine)
    const next = await after.begin(model)
    await after.write(next, { from: 0n, to: 1n, upserts: notesOf(note('a')), deletes: [] })
    let isSwitched = false
    const moveOnce = async () => {
      if (isSwitched) return
      isSwitched = true
      await after.publish(next)
      await after.drop(first)
    }
    const store = withEngine(
      {
        ...home,
        get: async <Document>(...asked: Parameters<typeof home.get<Document>>) => {
          await moveOnce()
          return home.get<Document>(...asked)
        },
        find: async <Document>(...asked: Parameters<typeof home.find<Document>>) => {
          await moveOnce()
          return home.find<Document>(...asked)
        },
      },
      engine,
    )
    expect((await store.find(model, {})).documents).toEqual([note('a')])
    expect(await store.get(model, 'a')).toEqual(note('a'))
    expect(await store.get(model, 'b')).toBeUndefined()
  })
})

describe('a batch for an engine', () => {
  const begun = async (engine = memoryEngine()) => {
    const store = withEngine(home, engine)
    const generation = await store.begin(newNotes())
    return { store, engine, generation }
  }
  const upTo = (to: bigint, text: string) => ({
    from: 0n,
    to,
    upserts: notesOf(note('a', text)),
    deletes: ['b'],
  })

  test('leaves remains of deleted documents, which are swept once their position was saved ten minutes ago', async () => {
    const engine = memoryEngine()
    const swept: bigint[] = []
    let minutes = 0
    const store = routedDocuments(
      home,
      {
        mongo: {
          isCurrent: true,
          engine: {
            ...engine,
            sweep: async (of, position) => {
              swept.push(position)
              await engine.sweep(of, position)
            },
          },
        },
      },
      { now: () => minutes * 60_000 },
    )
    const generation = await store.begin(newNotes())
    for (let at = 0n; at < 25n; at += 1n, minutes += 1)
      await store.write(generation, {
        from: at,
        to: at + 1n,
        upserts: new Map(),
        deletes: [`${at}`],
      })
    expect(swept).toEqual([0n, 10n])
    const remains = await engine.load(generation, ['8', '9', '10', '11'])
    expect([...remains.keys()]).toEqual(['10', '11'])
  })

  test('goes with others in one step', async () => {
    const { store, generation } = await begun()
    const here = await store.begin({ ...newModel(), store: 'mongo' })
    expect(here.store).toBe('mongo')
    const inPostgres = await routedDocuments(home, {}).begin(newNotes())
    const together = (from: bigint) =>
      store.writeAll([
        { generation, ...upTo(from + 5n, 'five'), from },
        {
          generation: inPostgres,
          from,
          to: from + 5n,
          upserts: upserting([order('x')]),
          deletes: [],
        },
      ])
    expect(await together(0n)).toBe(true)
    expect([await store.position(generation), await store.position(inPostgres)]).toEqual([5n, 5n])
    expect((await store.load(inPostgres, ['x'])).size).toBe(1)
    await put(store, inPostgres, [order('y')])
    expect(await together(5n)).toBe(false)
    expect(await store.position(generation)).toBe(5n)
  })
})
