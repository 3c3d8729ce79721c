import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mongodb } from '../../../../test/services/mongodb.ts'
import { startService, type Service } from '../../../../test/services/service.ts'
import { hasMongo, needsMongo } from '../../../../test/support/mongo.ts'
import { until } from '../../../../test/support/until.ts'
import { openMongo, type MongoConnection } from '../../engines/mongo/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import { newModel, order, upserting } from './conformance-model.ts'
import type { DocumentEngine } from './engine.ts'
import { mongoEngine } from './mongo.ts'
import { GenerationMissing, type Batch, type Generation } from './port.ts'

const batchOf = (ids: readonly string[], note: string, to = 1n): Batch => ({
  from: to - 1n,
  to,
  upserts: upserting(ids.map((id) => order(id, { note }))),
  deletes: [],
})
const ids = (count: number) => Array.from({ length: count }, (_, nth) => `n${nth}`)

describe.skipIf(!hasMongo)(`MongoDB that fails${needsMongo}`, () => {
  let server: Service
  let connection: MongoConnection
  let engine: DocumentEngine
  beforeAll(async () => {
    server = await startService(mongodb)
    connection = openMongo(server.url)
    engine = mongoEngine(connection)
  })
  afterAll(async () => {
    await connection?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const begun = async (): Promise<Generation> => {
    const generation = { projection: newModel('mongo'), generation: 1, store: 'mongo' } as const
    await until(
      () => engine.create(generation),
      () => true,
    )
    return generation
  }
  const notesOf = async (generation: Generation): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {}
    for (const [, document] of await engine.scan(generation, { limit: 100_000 })) {
      const { note } = document as { readonly note: string }
      counts[note] = (counts[note] ?? 0) + 1
    }
    return counts
  }

  test('a batch that it was killed in is unavailable, and whole once it was written again', async () => {
    const generation = await begun()
    const gone = ['gone0', 'gone1']
    await engine.write(generation, batchOf([...gone, 'n0'], 'old'))
    const batch = { ...batchOf(ids(1_500), 'new', 2n), deletes: gone }
    const written = engine.write(generation, batch).then(
      () => 'written',
      (error: unknown) => error,
    )
    // In the middle: some documents are there.
    await until(
      () => engine.load(generation, ['n1']),
      (found) => found.size > 0,
      { every: 0 },
    )
    await server.kill()
    expect(await written).toBeInstanceOf(Unavailable)
    await expect(connection.ping()).rejects.toThrow(Unavailable)
    await server.start()
    await until(
      () => engine.write(generation, batch),
      () => true,
    )
    expect(await notesOf(generation)).toEqual({ new: 1_500 })
    // And late, by a process that slept.
    await engine.write(generation, batchOf([...gone, 'n1'], 'late'))
    expect(await notesOf(generation)).toEqual({ new: 1_500 })
  })

  test('a collection that was dropped by hand is missing to readers and writers, and is not created by them', async () => {
    const generation = await begun()
    await engine.write(generation, batchOf(['a'], 'old'))
    await connection.run((db) => db.collection(`${generation.projection.name}_g1`).drop())
    for (const work of [
      () => engine.write(generation, batchOf(['b'], 'new')),
      () => engine.load(generation, ['a']),
      () => engine.get(generation, 'a'),
      () => engine.scan(generation, { limit: 1 }),
      () => engine.find(generation, {}),
    ])
      await expect(work()).rejects.toThrow(GenerationMissing)
    expect(await engine.has(generation)).toBe(false)
    await engine.create(generation)
    expect(await notesOf(generation)).toEqual({})
  })
})
