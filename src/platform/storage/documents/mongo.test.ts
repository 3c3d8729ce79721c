import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, test } from 'vitest'
import { freshMongo, hasMongo, mongoUrl, needsMongo } from '../../../../test/support/mongo.ts'
import { openMongo, type MongoConnection } from '../../engines/mongo/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import { documentConformance } from './conformance.ts'
import { guardedWritingConformance } from './conformance-guarded.ts'
import { newModel, order, upserting } from './conformance-model.ts'
import { memoryDocuments } from './memory.ts'
import { mongoEngine } from './mongo.ts'
import { routedDocuments } from './routed.ts'

/** Whether the server compares texts as MongoDB does. The one that only speaks its protocol compares UTF-16 code units. */
const comparesCodePoints = async (): Promise<boolean> => {
  await using mongo = await freshMongo()
  const texts = mongo.db.collection<{ _id: string }>('texts')
  await texts.insertMany([{ _id: '\u{1F525}' }, { _id: '\uFF5E' }])
  const [first] = await texts.find().sort({ _id: 1 }).toArray()
  return first?._id === '\uFF5E'
}

documentConformance(
  `MongoDB${needsMongo}`,
  async () => {
    const url = new URL(mongoUrl)
    url.pathname = `agora_${randomUUID()}`
    const home = memoryDocuments()
    const connections = new Set<MongoConnection>()
    return {
      declared: 'mongo',
      isTransactional: false,
      // The server that speaks MongoDB's protocol compares each guard with every document.
      largestBatch: 1_000,
      comparesCodePoints: await comparesCodePoints(),
      open: async () => {
        const connection = openMongo(url.href)
        connections.add(connection)
        return routedDocuments(home, {
          mongo: { engine: mongoEngine(connection), isCurrent: true },
        })
      },
      close: async () => {
        const client = new MongoClient(url.href)
        await client.db().dropDatabase()
        await client.close()
        await Promise.all([...connections].map((connection) => connection.close()))
      },
    }
  },
  { isSkipped: !hasMongo },
)

describe.skipIf(!hasMongo)(`a document that MongoDB refuses${needsMongo}`, () => {
  const url = new URL(mongoUrl || 'mongodb://127.0.0.1/none')
  url.pathname = `agora_${randomUUID()}`
  const connection = openMongo(url.href)
  const store = routedDocuments(memoryDocuments(), {
    mongo: { engine: mongoEngine(connection), isCurrent: true },
  })
  afterAll(async () => {
    await connection.run((db) => db.dropDatabase())
    await connection.close()
  })

  test('is named: one of more than 16 MiB', async () => {
    const generation = await store.begin({ ...newModel(), store: 'mongo' })
    const large = order('large\0', { note: 'x'.repeat(17 * 1_024 * 1_024) })
    const batch = { from: 0n, to: 1n, upserts: upserting([order('a'), large]), deletes: [] }
    await expect(store.write(generation, batch)).rejects.toMatchObject({
      name: 'DocumentRefused',
      key: 'large\0',
      message: expect.stringMatching(/it has \d+ bytes, MongoDB holds 16777216/),
    })
    expect(await store.position(generation)).toBe(0n)
    expect(connection.isUp()).toBe(true)
    const without = { ...batch, upserts: upserting([order('a'), order('b')]) }
    expect(await store.write(generation, without)).toBe(true)
    expect((await store.load(generation, ['a', 'b'])).size).toBe(2)
  })

  test('is named: one that breaks an index that an operator has added', async () => {
    const generation = await store.begin({ ...newModel(), store: 'mongo' })
    await connection.run((db) =>
      db
        .collection(`${generation.projection.name}_g${generation.generation}`)
        .createIndex({ 'doc.note': 1 }, { unique: true }),
    )
    const secret = 'ann.confidential@example.com'
    const notes = [order('a', { note: secret }), order('b', { note: secret })]
    const batch = { from: 0n, to: 1n, upserts: upserting(notes), deletes: [] }
    const refused: unknown = await store.write(generation, batch).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      name: 'DocumentRefused',
      key: 'b',
      message: expect.stringContaining('the index doc.note_1'),
    })
    // Values may be personal data, and the error is logged with its causes.
    expect(inspect(refused)).not.toContain(secret)
    expect(await store.position(generation)).toBe(0n)
    expect(connection.isUp()).toBe(true)
  })
})

describe.skipIf(!hasMongo)(`a text that MongoDB folds later${needsMongo}`, () => {
  test('is folded by batches, and where a failure has ended them, the next run goes on', async () => {
    const url = new URL(mongoUrl)
    url.pathname = `agora_${randomUUID()}`
    const connection = openMongo(url.href)
    await using _ = {
      [Symbol.asyncDispose]: async () => {
        await connection.run(async (db) => void (await db.dropDatabase()))
        await connection.close()
      },
    }
    const engine = mongoEngine(connection)
    const model = { ...newModel(), store: 'mongo' } as const
    const plain = {
      projection: { ...model, containing: [] },
      generation: 1,
      store: 'mongo',
    } as const
    const later = { ...plain, projection: { ...model, containing: ['note'] } }
    await engine.create(plain)
    const keys = Array.from({ length: 1_100 }, (_key, nth) => `k${nth}`)
    for (let at = 0; at < keys.length; at += 500) {
      const some = keys.slice(at, at + 500).map((key) => order(key, { note: 'Crème' }))
      await engine.write(plain, { from: 0n, to: 1n, upserts: upserting(some), deletes: [] })
    }
    const folded = () =>
      connection.run((db) =>
        db.collection(`${model.name}_g1`).countDocuments({ 'folded.note': 'creme' }),
      )

    /** Fails each call after some, as MongoDB does that is away. */
    const failingAfter = (most: number) => {
      let calls = 0
      const run: MongoConnection['run'] = (work, options) => {
        calls += 1
        return calls > most
          ? Promise.reject(new Unavailable('away'))
          : connection.run(work, options)
      }
      return mongoEngine({ ...connection, run })
    }
    const counts = new Set<number>()
    for (let most = 1; ; most += 1) {
      const done = await failingAfter(most)
        .create(later)
        .then(
          () => true,
          () => false,
        )
      counts.add(await folded())
      if (done) break
    }
    expect([...counts].slice(0, 2)).toEqual([0, 500])
    expect([...counts].at(-1)).toBe(1_100)
    const found = await engine.find(later, { where: { note: { contains: 'CREME' } } })
    expect(found.total).toBe(1_100)
  })
})

guardedWritingConformance(
  `MongoDB${needsMongo}`,
  async () => {
    const url = new URL(mongoUrl)
    url.pathname = `agora_${randomUUID()}`
    const connection = openMongo(url.href)
    const engine = mongoEngine(connection)
    return {
      declared: 'mongo',
      engine,
      store: routedDocuments(memoryDocuments(), { mongo: { engine, isCurrent: true } }),
      close: async () => {
        await connection.run(async (db) => void (await db.dropDatabase()))
        await connection.close()
      },
    }
  },
  { isSkipped: !hasMongo },
)
