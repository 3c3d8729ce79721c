import { MongoServerError, type Document } from 'mongodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { mongoRouter } from '../../../../test/support/mongo-router.ts'
import { hasMongo, needsMongo } from '../../../../test/support/mongo.ts'
import { openMongo } from '../../engines/mongo/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import { newModel, order, published, put, upserting } from './conformance-model.ts'
import { memoryDocuments } from './memory.ts'
import { mongoEngine } from './mongo.ts'
import { shardWhereRouted } from './mongo-sharding.ts'
import type { Generation } from './port.ts'
import { routedDocuments } from './routed.ts'

const refusal = (code: number, errmsg = 'it says no') => new MongoServerError({ code, errmsg })

/** The administration of a server that answers each command in turn, and then `ok`. */
const administered = (...answers: readonly (Document | Error)[]) => {
  const asked: Document[] = []
  const command = async (one: Document): Promise<Document> => {
    const answer = answers[asked.length] ?? { ok: 1 }
    asked.push(one)
    if (answer instanceof Error) throw answer
    return answer
  }
  return { db: { name: 'agora', command }, asked }
}
const router = { msg: 'isdbgrid', ok: 1 }
const sharding = { shardCollection: 'agora.orders_g3', key: { _id: 'hashed' } }

describe('a collection', () => {
  test.each([
    ['a server of its own', { isWritablePrimary: true, ok: 1 }],
    ['a replica set', { setName: 'rs0', ok: 1 }],
    ['a server that has no such command', refusal(59)],
  ])('of %s is not sharded', async (_, hello) => {
    const { db, asked } = administered(hello)
    expect(await shardWhereRouted(db, 'orders_g3')).toBeUndefined()
    expect(asked).toEqual([{ hello: 1 }])
  })

  test('of a sharded cluster is sharded by its hashed key', async () => {
    const { db, asked } = administered(router)
    expect(await shardWhereRouted(db, 'orders_g3')).toBeUndefined()
    expect(asked).toEqual([{ hello: 1 }, sharding])
  })

  test('of a database that is not enabled is sharded once that is', async () => {
    const { db, asked } = administered(router, refusal(20))
    expect(await shardWhereRouted(db, 'orders_g3')).toBeUndefined()
    expect(asked.slice(1)).toEqual([sharding, { enableSharding: 'agora' }, sharding])
  })

  test.each([
    ['the user lacks the privilege', [refusal(13)]],
    ['the user may not enable the database', [refusal(20), refusal(13)]],
    ['it has documents without the index', [refusal(72)]],
    ['it is sharded by another key', [refusal(23)]],
  ])('stays as it is where %s', async (_, refusals) => {
    const { db } = administered(router, ...refusals)
    expect(await shardWhereRouted(db, 'orders_g3')).toBe(refusals.at(-1))
  })

  test.each([[117], [46], [189], [10_107]])(
    'is sharded later where the error passes (code %i)',
    async (code) => {
      const { db } = administered(router, refusal(code))
      await expect(shardWhereRouted(db, 'orders_g3')).rejects.toThrow(MongoServerError)
    },
  )

  test('is sharded later where it is not known whether there is a cluster', async () => {
    const { db, asked } = administered(refusal(91))
    await expect(shardWhereRouted(db, 'orders_g3')).rejects.toThrow(MongoServerError)
    expect(asked).toHaveLength(1)
  })
})

describe.skipIf(!hasMongo)(`the engine behind a router of a sharded cluster${needsMongo}`, () => {
  const opened = async (answerTo?: (command: Document) => Document) => {
    const cluster = await mongoRouter(answerTo)
    onTestFinished(() => cluster[Symbol.asyncDispose]())
    const unsharded: string[] = []
    const open = (isReadNearby = false) => {
      const connection = openMongo(cluster.url, { isReadNearby })
      onTestFinished(() => connection.close())
      const onUnsharded = (collection: string) => void unsharded.push(collection)
      return mongoEngine(connection, { onUnsharded })
    }
    return { cluster, unsharded, open }
  }
  const generationOf = (nth: number): Generation => ({
    projection: newModel('mongo'),
    generation: nth,
    store: 'mongo',
  })

  test('a new generation is sharded before its first document, and not again', async () => {
    const { cluster, unsharded, open } = await opened()
    const engine = open()
    const generation = generationOf(3)
    const collection = `${generation.projection.name}_g3`
    await engine.create(generation)
    await engine.create(generation)
    await open().create(generation)
    expect(cluster.commands).toEqual([
      { shardCollection: `${cluster.database}.${collection}`, key: { _id: 'hashed' } },
      { update: collection },
    ])
    expect(unsharded).toEqual([])
  })

  test('processes that create a generation at once have it sharded before its first document', async () => {
    const { cluster, open } = await opened()
    const generation = generationOf(1)
    await Promise.all([open().create(generation), open().create(generation)])
    const name = `${generation.projection.name}_g1`
    const sharded = { shardCollection: `${cluster.database}.${name}`, key: { _id: 'hashed' } }
    const [first] = cluster.commands
    expect(first).toEqual(sharded)
    const others = cluster.commands.filter((one) => !('shardCollection' in one))
    expect(others).toEqual([{ update: name }])
    expect(await open().has(generation)).toBe(true)
  })

  test('a router takes every write: each is of one key, or of all shards', async () => {
    const { cluster, open } = await opened()
    const engine = open(true)
    const store = routedDocuments(memoryDocuments(), { mongo: { engine, isCurrent: true } })
    const folding = newModel('mongo')
    const model = { ...folding, containing: [] }
    const generation = await published(store, model, [order('a'), order('b'), order('c')])
    await put(store, generation, [order('a', { note: 'new' }), order('d')], ['b'])
    await store.replaceAhead?.(generation, 'c', order('c', { note: 'anew' }), 9n)
    await store.replaceAhead?.(generation, 'd', undefined, 9n)
    const batch = { from: 2n, to: 3n, upserts: upserting([order('e')]), deletes: ['b', 'x'] }
    expect(await store.write(generation, batch)).toBe(true)
    await engine.sweep(generation, 3n)
    await engine.moved?.(generation, 4n)
    // A process of a later version folds the texts of what is there.
    await open().create({ ...generation, projection: folding })
    const query = { where: { userId: { contains: 'AN' } }, sort: ['id'] }
    const { documents } = await store.find(folding, query)
    expect(documents.map(({ id, note }) => `${id} ${note}`)).toEqual([
      'a new',
      'c anew',
      'e undefined',
    ])
    await engine.drop(generation)
    expect(cluster.faults).toEqual([])
  })

  test('documents are stored all the same where the user lacks the privilege, which is reported once', async () => {
    const { cluster, unsharded, open } = await opened(() => ({
      ok: 0,
      code: 13,
      codeName: 'Unauthorized',
      errmsg: 'not authorized on admin to execute command',
    }))
    const engine = open()
    const [one, two] = [generationOf(1), generationOf(1)]
    await engine.create(one)
    await engine.create(two)
    await engine.write(one, { from: 0n, to: 1n, upserts: upserting([order('a')]), deletes: [] })
    expect(await engine.get(one, 'a')).toEqual(order('a'))
    expect(unsharded).toEqual([`${one.projection.name}_g1`])
    expect(cluster.commands.filter((command) => 'shardCollection' in command)).toHaveLength(2)
  })

  test('a generation is created later where another process holds the lock', async () => {
    let attempts = 0
    const { unsharded, open } = await opened(() => {
      attempts += 1
      return attempts === 1 ? { ok: 0, code: 46, errmsg: 'the lock is busy' } : { ok: 1 }
    })
    const engine = open()
    const generation = generationOf(1)
    await expect(engine.create(generation)).rejects.toThrow(Unavailable)
    expect(await engine.has(generation)).toBe(false)
    await engine.create(generation)
    expect([attempts, unsharded]).toEqual([2, []])
  })
})
