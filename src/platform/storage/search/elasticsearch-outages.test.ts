import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fields, projection } from '#kernel'
import { elasticsearch } from '../../../../test/services/elasticsearch.ts'
import { startService, type Service } from '../../../../test/services/service.ts'
import { hasElasticsearch, needsElasticsearch } from '../../../../test/support/elasticsearch.ts'
import { until } from '../../../../test/support/until.ts'
import {
  openElasticsearch,
  type ElasticsearchConnection,
} from '../../engines/elasticsearch/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import type { SearchEngine } from '../documents/engine.ts'
import { GenerationMissing, type Batch, type Generation } from '../documents/port.ts'
import { elasticsearchEngine } from './elasticsearch.ts'

/** Most bytes that the server takes in one request. */
const mostBytes = 1_000_000

/** Elasticsearch that takes small requests alone. */
const narrow = {
  ...elasticsearch,
  command: async (port: number, folder: string) => {
    const command = await elasticsearch.command(port, folder)
    const settings = join(folder, 'config', 'elasticsearch.yml')
    await appendFile(settings, `http.max_content_length: ${mostBytes}b\n`)
    return command
  },
}

const Note = Fields({ id: Type.String(), text: Type.String() })
let models = 0
const newGeneration = (): Generation => ({
  projection: projection({
    name: `notes_${(models += 1)}`,
    store: 'elasticsearch',
    within: 60_000,
    document: Note,
    from: [],
    key: () => undefined,
    search: { fields: ['text'], newest: 'id' },
  }).rules({}),
  generation: 1,
  store: 'elasticsearch',
})

const note = (id: string, text = id) => ({ id, text })
const batchOf = (ids: readonly string[], text?: string): Batch => ({
  from: 0n,
  to: 1n,
  upserts: new Map(ids.map((id) => [id, note(id, text)])),
  deletes: [],
})
const ids = (count: number) => Array.from({ length: count }, (_, nth) => `n${nth}`)

describe.skipIf(!hasElasticsearch)(`Elasticsearch that fails${needsElasticsearch}`, () => {
  let server: Service
  let connection: ElasticsearchConnection
  let engine: SearchEngine
  const changes: boolean[] = []
  beforeAll(async () => {
    server = await startService(narrow)
    connection = openElasticsearch(server.url, {
      timeoutMs: 3_000,
      onChange: (isUp) => changes.push(isUp),
    })
    engine = elasticsearchEngine(connection)
  })
  afterAll(async () => {
    await connection?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const begun = async () => {
    const generation = newGeneration()
    await until(
      () => engine.create(generation),
      () => true,
    )
    return generation
  }
  const count = async (generation: Generation) =>
    (await engine.scan(generation, { limit: 100_000 })).length

  test('takes batches that are larger than a request may be, and refuses a document that is, by name', async () => {
    const generation = await begun()
    const text = 'x'.repeat(2_000)
    await engine.write(generation, batchOf(ids(1_000), text))
    expect(await count(generation)).toBe(1_000)
    const upserts = new Map([
      ['before', note('before')],
      ['large', note('large', 'x '.repeat(mostBytes))],
      ['behind', note('behind')],
    ])
    const refused = engine.write(generation, { from: 1n, to: 2n, upserts, deletes: ['n0'] })
    await expect(refused).rejects.toMatchObject({ name: 'DocumentRefused', key: 'large' })
    const loaded = await engine.load(generation, [...upserts.keys(), 'n0'])
    expect([...loaded].map(([key, { document }]) => [key, document !== undefined])).toEqual([
      ['before', true],
      ['behind', true],
      ['n0', false],
    ])
    expect(connection.isUp()).toBe(true)
  })

  test('writes the documents of a bulk that it does not refuse', async () => {
    const generation = await begun()
    const odd = 'k'.repeat(40_000)
    const upserts = new Map(
      ids(20).map((id, nth) => {
        const key = nth % 2 === 0 ? id : `${odd}${nth}`
        return [key, note(id)] as const
      }),
    )
    const refused = engine.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
    await expect(refused).rejects.toMatchObject({ name: 'DocumentRefused', key: `${odd}1` })
    expect(await count(generation)).toBe(10)
  })

  test('an index that was deleted by hand is missing to readers and writers, and is not created by them', async () => {
    const generation = await begun()
    await engine.write(generation, batchOf(['a']))
    const name = `${generation.projection.name}_g1`
    await fetch(new URL(`/${name}`, server.url), { method: 'DELETE' })
    for (const work of [
      () => engine.write(generation, batchOf(['b'])),
      () => engine.load(generation, ['a']),
      () => engine.get(generation, 'a'),
      () => engine.scan(generation, { limit: 1 }),
      () => engine.refresh(generation),
      () => engine.search(generation, { q: 'a' }),
      () => engine.sweep(generation, 1n),
    ])
      await expect(work()).rejects.toThrow(GenerationMissing)
    expect(await engine.has(generation)).toBe(false)
    await engine.drop(generation)
    // An index that something else has written to is none of a generation.
    await fetch(new URL(`/${name}/_doc`, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a": 1}',
    })
    await expect(engine.write(generation, batchOf(['b']))).rejects.toThrow(GenerationMissing)
    expect(await engine.has(generation)).toBe(false)
    await engine.drop(generation)
    await engine.create(generation)
    expect(await count(generation)).toBe(0)
  })

  test('is unavailable while it hangs, and answers afterwards', async () => {
    const generation = await begun()
    changes.length = 0
    server.hang()
    try {
      for (const work of [
        () => connection.ping(),
        () => engine.write(generation, batchOf(['a'])),
        () => engine.search(generation, { q: 'a' }),
        () => engine.has(generation),
      ]) {
        // A busy machine stops a process a moment after the signal.
        const failure = await until(
          () => work().catch((error: unknown) => error),
          (answer) => answer instanceof Error,
        )
        expect(failure).toMatchObject({ name: 'Unavailable' })
      }
      expect([connection.isUp(), changes]).toEqual([false, [false]])
    } finally {
      server.resume()
    }
    await until(
      () => engine.write(generation, batchOf(['a'])),
      () => true,
    )
    expect(await engine.get(generation, 'a')).toEqual(note('a'))
    expect([connection.isUp(), changes.at(-1)]).toEqual([true, true])
  })

  test('that hangs fails a query before a write: its caller waits for an answer', async () => {
    const patient = openElasticsearch(server.url)
    const generation = await begun()
    const waiting = elasticsearchEngine(patient)
    await waiting.write(generation, batchOf(['a']))
    server.hang()
    try {
      const written = waiting.write(generation, batchOf(['b'])).then(
        () => 'written',
        () => 'refused',
      )
      const queries = [waiting.search(generation, { q: 'a' }), waiting.get(generation, 'a')].map(
        (query) => query.catch((error: unknown) => error),
      )
      for (const query of queries)
        expect(await Promise.race([written, query])).toMatchObject({ name: 'Unavailable' })
      server.resume()
      await written
    } finally {
      server.resume()
      await patient.close()
    }
  })

  test('a batch that it was killed in is unavailable, and whole once it was written again', async () => {
    const generation = await begun()
    const before = Array.from({ length: 20 }, (_, nth) => `gone${nth}`)
    await engine.write(generation, batchOf(before))
    const batch = {
      ...batchOf(ids(20_000), 'Blue vase, handmade'),
      from: 1n,
      to: 2n,
      deletes: before,
    }
    const written = engine.write(generation, batch).then(
      () => 'written',
      (error: unknown) => error,
    )
    // In the middle: some documents are there.
    await until(
      () => engine.load(generation, ['n0', 'n19999']),
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
    expect(await count(generation)).toBe(20_000)
    // And late, by a process that slept.
    await engine.write(generation, batchOf([...before, 'n1'], 'old'))
    expect(await count(generation)).toBe(20_000)
    expect(await engine.get(generation, 'n1')).toEqual(note('n1', 'Blue vase, handmade'))
    await connection.ping()
  })
})
