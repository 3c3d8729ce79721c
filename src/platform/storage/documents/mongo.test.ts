import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, test } from 'vitest'
import { hasMongo, mongoUrl, needsMongo } from '../../../../test/support/mongo.ts'
import { openMongo, type MongoConnection } from '../../engines/mongo/connection.ts'
import { documentConformance } from './conformance.ts'
import { guardedWritingConformance } from './conformance-guarded.ts'
import { newModel, order, upserting } from './conformance-model.ts'
import { memoryDocuments } from './memory.ts'
import { mongoEngine } from './mongo.ts'
import { routedDocuments } from './routed.ts'

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
    const notes = [order('a', { note: 'one' }), order('b', { note: 'one' })]
    const batch = { from: 0n, to: 1n, upserts: upserting(notes), deletes: [] }
    await expect(store.write(generation, batch)).rejects.toMatchObject({
      name: 'DocumentRefused',
      key: 'b',
    })
    expect(await store.position(generation)).toBe(0n)
    expect(connection.isUp()).toBe(true)
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
