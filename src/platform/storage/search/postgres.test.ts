import fc from 'fast-check'
import { Type } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fields, projection, Timestamp, type AnyProjection } from '#kernel'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase, type Database } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import { memoryDocuments } from '../documents/memory.ts'
import { InvalidQuery, type DocumentStore, type Generation } from '../documents/port.ts'
import { postgresDocuments } from '../documents/postgres.ts'
import { searchConformance } from './conformance.ts'
import type { Search } from './port.ts'

searchConformance('PostgreSQL', async () => {
  const { url, ...fresh } = await freshDatabase()
  const databases = new Set<Database>()
  return {
    declared: 'postgres',
    open: async () => {
      const database = openDatabase(url, { connections: 4 })
      databases.add(database)
      return postgresDocuments(database)
    },
    close: async () => {
      await Promise.all([...databases].map((database) => database.close()))
      await fresh[Symbol.asyncDispose]()
    },
  }
})

let fresh: TestDatabase
let store: DocumentStore & Search
beforeAll(async () => {
  fresh = await freshDatabase()
  store = postgresDocuments(fresh.database)
})
afterAll(() => fresh?.[Symbol.asyncDispose]())

const Text = Fields({ id: Type.String(), title: Type.String(), body: Type.String(), at: Timestamp })

const texts = (name: string, { version = 1, fields = ['title', 'body'] } = {}) =>
  projection({
    name,
    version,
    store: 'postgres',
    within: 60_000,
    document: Text,
    from: [],
    key: () => undefined,
    ...(fields.length > 0 && { search: { fields, newest: 'at' } }),
  }).rules({})

const text = (id: string, title: string, body = '') => ({
  id,
  title,
  body,
  at: '2030-01-01T00:00:00.000Z',
})

const put = async (
  generation: Generation,
  documents: readonly { readonly id: string }[],
  deletes: readonly string[] = [],
  into: DocumentStore = store,
) => {
  const from = await into.position(generation)
  const upserts = new Map(documents.map((one) => [one.id, one]))
  expect(await into.write(generation, { from, to: from + 1n, upserts, deletes })).toBe(true)
}

const published = async (model: AnyProjection, documents: readonly { readonly id: string }[]) => {
  const generation = await store.begin(model)
  await put(generation, documents)
  await store.publish(generation)
  return generation
}

const found = async (model: AnyProjection, q: string, from: Search = store) =>
  (await from.search(model, { q })).hits.map(({ key }) => key).join(' ')

const vocabularyOf = async (name: string) => {
  const rows = await fresh.database.query<{ word: string; uses: number }>(
    `SELECT word, uses FROM read."${name}:words" ORDER BY word`,
  )
  return Object.fromEntries(rows.map(({ word, uses }) => [word, uses]))
}

test('finds the same documents in the same order as search in memory, for any words', async () => {
  const letter = fc.constantFrom('a', 'b', 'ß', '日', '𐐷')
  const words = (most: number) =>
    fc
      .array(
        fc.array(letter, { minLength: 1, maxLength: 10 }).map((letters) => letters.join('')),
        { maxLength: most },
      )
      .map((some) => some.join(' '))
  const document = fc.record({ title: words(3), body: words(4) })
  let models = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { maxLength: 12 }),
      fc.array(words(2), { minLength: 1, maxLength: 6 }),
      async (documents, queries) => {
        const model = texts(`any_words_${(models += 1)}`)
        const memory = memoryDocuments()
        const all = documents.map(({ title, body }, at) => text(`t${at}`, title, body))
        await published(model, all)
        const other = await memory.begin(model)
        await put(other, all, [], memory)
        await memory.publish(other)
        const asked = [...queries, ...documents.map(({ title }) => title.slice(1))]
        for (const q of asked)
          expect(await store.search(model, { q })).toEqual(await memory.search(model, { q }))
      },
    ),
    { numRuns: 20 },
  )
})

test.each([
  ['lanterns', 'lamterms'],
  ['lanterns', 'alntersn'],
  ['lanterns', 'antern'],
  ['lanterns', 'alnterss'],
  ['lanterns', 'glanternss'],
  ['thermostatically', 'thermostatiaclyl'],
  ['thermostatically', 'hermostaticall'],
  ['aabcdefghijklmno', 'bcdefghijklmno'],
])('finds %s by two typos in %s', async (q, title) => {
  const model = texts(`two_typos_${title}`)
  await published(model, [text('a', title)])
  expect(await found(model, q)).toBe('a')
})

test('the vocabulary counts the documents of each word, and forgets a word with its last document', async () => {
  const model = texts('counted_words')
  const generation = await published(model, [
    text('a', 'red vase', 'a vase'),
    text('b', 'red lamp'),
  ])
  expect(await vocabularyOf('counted_words')).toEqual({ a: 1, lamp: 1, red: 2, vase: 1 })
  await put(generation, [text('a', 'red bowl')])
  expect(await vocabularyOf('counted_words')).toEqual({ bowl: 1, lamp: 1, red: 2 })
  await put(generation, [text('c', 'bowl')], ['a'])
  expect(await vocabularyOf('counted_words')).toEqual({ bowl: 1, lamp: 1, red: 1 })
  await put(generation, [], ['b', 'c'])
  expect(await vocabularyOf('counted_words')).toEqual({})
})

test('a batch that is refused changes no word', async () => {
  const model = texts('refused_words')
  const generation = await published(model, [text('a', 'vase')])
  const upserts = new Map([['a', text('a', 'lamp')]])
  expect(await store.write(generation, { from: 7n, to: 8n, upserts, deletes: [] })).toBe(false)
  const batch = { generation, from: 7n, to: 8n, upserts, deletes: [] }
  expect(await store.writeAll([batch])).toBe(false)
  expect([await vocabularyOf('refused_words'), await found(model, 'vsae')]).toEqual([
    { vase: 1 },
    'a',
  ])
})

test('documents of a generation are searched once its version of the projection declares it', async () => {
  const before = texts('later_searched', { fields: [] })
  const generation = await published(before, [text('a', 'vase'), text('b', 'lamp', 'not a vase')])
  const after = texts('later_searched')
  await expect(found(after, 'vase')).rejects.toThrow(Unavailable)
  await store.create({ ...generation, projection: after })
  expect([await found(after, 'vase'), await found(after, 'vsae')]).toEqual(['a b', 'a b'])
  const titles = texts('titles_searched', { fields: ['title'] })
  const narrow = await published(titles, [text('a', 'vase'), text('b', 'lamp', 'vase')])
  const wide = texts('titles_searched')
  await store.create({ ...narrow, projection: wide })
  expect(await found(wide, 'vsae')).toBe('a b')
  expect(await vocabularyOf('titles_searched')).toEqual({ lamp: 1, vase: 2 })
})

test('a generation of an older version is not searched until the new one is published', async () => {
  const before = texts('newly_searched', { fields: [] })
  const old = await published(before, [text('a', 'vase')])
  const after = texts('newly_searched', { version: 2 })
  await store.create({ ...old, projection: after })
  await expect(found(after, 'vase')).rejects.toThrow(Unavailable)
  await published(after, [text('a', 'vase')])
  expect(await found(after, 'vase')).toBe('a')
  await store.drop(old)
  expect(await found(after, 'vsae')).toBe('a')
})

test('a projection that is no longer searched leaves no words behind', async () => {
  const old = await published(texts('once_searched'), [text('a', 'vase')])
  await published(texts('once_searched', { version: 2, fields: [] }), [text('a', 'vase')])
  await store.drop(old)
  const tables = await fresh.database.query({
    text: `SELECT FROM pg_class WHERE relnamespace = 'read'::regnamespace AND relname LIKE 'once%words'`,
  })
  expect(tables).toEqual([])
})

test('a place with a value of another type is refused', async () => {
  const model = texts('forged_places')
  await published(model, [text('a', 'vase'), text('b', 'vase')])
  const { next } = await store.search(model, { q: 'vase', limit: 1 })
  const place = JSON.parse(Buffer.from(next!, 'base64url').toString()) as unknown[]
  const forged = (value: unknown) =>
    Buffer.from(JSON.stringify(place.with(2, value))).toString('base64url')
  await expect(store.search(model, { q: 'vase', after: forged(7) })).rejects.toThrow(InvalidQuery)
  expect((await store.search(model, { q: 'vase', after: forged('\0') })).hits).toHaveLength(2)
})

test('searches leave connections to commands: three are under way at once, the others wait', async () => {
  const model = texts('busy')
  await published(model, [text('a', 'lamp')])
  let underWay = 0
  let most = 0
  const counted: Database = {
    ...fresh.database,
    query: async (...statement: Parameters<Database['query']>) => {
      underWay += 1
      most = Math.max(most, underWay)
      try {
        return await fresh.database.query(...statement)
      } finally {
        underWay -= 1
      }
    },
  } as Database
  const busy = postgresDocuments(counted)
  await busy.search(model, { q: 'lamp' })
  most = 0
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => busy.search(model, { q: 'lamp' })),
  )
  expect(answers.map(({ total }) => total)).toEqual(Array.from({ length: 20 }, () => 1))
  expect(most).toBe(3)
})
