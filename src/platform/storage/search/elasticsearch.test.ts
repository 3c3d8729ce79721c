import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { Type, type Static } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Fields, projection, type AnyProjection, type Projection } from '#kernel'
import {
  freshIndices,
  hasElasticsearch,
  needsElasticsearch,
} from '../../../../test/support/elasticsearch.ts'
import {
  openElasticsearch,
  type ElasticsearchConnection,
} from '../../engines/elasticsearch/connection.ts'
import { documentConformance } from '../documents/conformance.ts'
import { guardedWritingConformance } from '../documents/conformance-guarded.ts'
import { memoryEngine } from '../documents/memory-engine.ts'
import { memoryDocuments } from '../documents/memory.ts'
import { routedDocuments } from '../documents/routed.ts'
import { Unavailable } from '../../unavailable.ts'
import { searchConformance } from './conformance.ts'
import type { SearchQuery } from './port.ts'
import { elasticsearchEngine } from './elasticsearch.ts'

/** Stores of several processes, over one server. */
const stores = async () => {
  const { url, drop } = freshIndices()
  const home = memoryDocuments()
  const connections = new Set<ElasticsearchConnection>()
  return {
    declared: 'elasticsearch' as const,
    isTransactional: false,
    open: async () => {
      const connection = openElasticsearch(url)
      connections.add(connection)
      const engine = elasticsearchEngine(connection)
      return routedDocuments(home, { elasticsearch: { engine, isCurrent: true } })
    },
    close: async () => {
      await Promise.all([...connections].map((connection) => connection.close()))
      await drop()
    },
  }
}

searchConformance(`Elasticsearch${needsElasticsearch}`, stores, { isSkipped: !hasElasticsearch })

documentConformance(`Elasticsearch${needsElasticsearch}`, stores, {
  isSkipped: !hasElasticsearch,
  isQueried: false,
})

guardedWritingConformance(
  `Elasticsearch${needsElasticsearch}`,
  async () => {
    const { url, drop } = freshIndices()
    const connection = openElasticsearch(url)
    const engine = elasticsearchEngine(connection)
    return {
      declared: 'elasticsearch',
      engine,
      store: routedDocuments(memoryDocuments(), { elasticsearch: { engine, isCurrent: true } }),
      close: async () => {
        await connection.close()
        await drop()
      },
    }
  },
  { isSkipped: !hasElasticsearch },
)

/** An engine over indices of its own. */
const fresh = (options: Parameters<typeof openElasticsearch>[1] = {}) => {
  const { url, drop } = freshIndices()
  const connection = openElasticsearch(url, options)
  const engine = elasticsearchEngine(connection)
  const { prefix } = connection
  const home = memoryDocuments()
  return {
    home,
    connection,
    engine,
    prefix,
    store: routedDocuments(home, { elasticsearch: { engine, isCurrent: true } }),
    [Symbol.asyncDispose]: async () => {
      await connection.close()
      await drop()
    },
  }
}

const Note = Fields({ id: Type.String(), text: Type.String(), at: Type.Optional(Type.Number()) })
type Note = Static<typeof Note>
const notesModel = (more: Partial<AnyProjection> = {}): Projection<Note> => ({
  ...projection({
    name: 'notes',
    store: 'elasticsearch',
    within: 60_000,
    document: Note,
    from: [],
    key: () => undefined,
    search: { fields: ['text'], newest: 'at', facets: { at: { field: 'at' } } },
  }).rules({}),
  ...more,
})
describe.skipIf(!hasElasticsearch)(`indices of Elasticsearch${needsElasticsearch}`, () => {
  test('have the alias of the read model where they are of the live generation, also after a failure', async () => {
    await using here = fresh()
    const { home, store, engine, connection, prefix } = here
    const model = notesModel()
    const pointed = () =>
      connection.run(async (client) =>
        Object.keys(await client.indices.getAlias({ name: `${prefix}notes` }, { ignore: [404] })),
      )
    const first = await store.begin(model)
    await store.publish(first)
    expect(await pointed()).toEqual([`${prefix}notes_g1`])
    const published = () => Promise.reject(new Unavailable('Elasticsearch does not answer'))
    const failing = routedDocuments(home, {
      elasticsearch: { engine: { ...engine, published }, isCurrent: true },
    })
    const second = await failing.begin(model)
    await failing.publish(second)
    expect(await pointed()).toEqual([`${prefix}notes_g1`])
    expect((await store.live(model))?.generation).toBe(2)
    await store.create(second)
    expect(await pointed()).toEqual([`${prefix}notes_g2`])
  })

  test('have a prefix where the URL has one, and are those of a read model and its generation', async () => {
    await using here = fresh()
    const { store, connection, prefix } = here
    await store.begin(notesModel())
    const names = await connection.run(async (client) =>
      Object.keys(await client.indices.get({ index: `${prefix}*` })),
    )
    expect(names).toEqual([`${prefix}notes_g1`])
    expect(prefix).not.toBe('')
  })
})

test.skipIf(!hasElasticsearch)(
  `one refresh of Elasticsearch is enough for all who wait for one; searches that need none ask for none${needsElasticsearch}`,
  async () => {
    await using here = fresh()
    const { store, engine, connection } = here
    const model = notesModel()
    const generation = await store.begin(model)
    await store.publish(generation)
    const asked: string[] = []
    const counting = elasticsearchEngine({
      ...connection,
      run: (work, options) =>
        connection.run(async (client) => {
          const indices = new Proxy(client.indices, {
            get: (target, name) => {
              if (name !== 'refresh') return Reflect.get(target, name) as unknown
              return (params: { readonly index: string }) => {
                asked.push('refresh')
                return target.refresh(params)
              }
            },
          })
          return work(
            new Proxy(client, {
              get: (target, name) =>
                name === 'indices' ? indices : (Reflect.get(target, name) as unknown),
            }),
          )
        }, options),
    })
    const upserts = new Map([['a', { id: 'a', text: 'vase' }]])
    await engine.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
    const waiting = Array.from({ length: 30 }, async () => {
      await counting.refresh(generation)
      return (await counting.search(generation, { q: 'vase' }, { isFresh: true })).total
    })
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([1]))
    expect(asked).toEqual(['refresh'])
    await counting.search(generation, { q: 'vase' })
    expect(asked.length).toBe(1)
  },
)

describe.skipIf(!hasElasticsearch)(`answers of Elasticsearch${needsElasticsearch}`, () => {
  test('are those of the specification, for any query', async () => {
    await using here = fresh()
    const { engine } = here
    const model = notesModel()
    const generation = { projection: model, generation: 1, store: model.store }
    const memory = memoryEngine()
    const letter = fc.constantFrom('a', 'b', 'c', 'é')
    const word = fc.string({ unit: letter, minLength: 1, maxLength: 9 })
    const sentence = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '))
    // More words within one typo than Lucene looks for by itself.
    const near = Array.from(
      { length: 120 },
      (_, nth) => `abcab${String.fromCodePoint(0x4e00 + nth)}`,
    )
    const texts = [...fc.sample(sentence, { numRuns: 300, seed: 12 }), ...near]
    const upserts = new Map(
      texts.map((one, nth): [string, Note] => [
        `k${nth}`,
        { id: `k${nth}`, text: one, ...(nth % 5 > 0 && { at: ((nth * 7) % 11) - 5.5 }) },
      ]),
    )
    for (const each of [engine, memory]) {
      await each.create(generation)
      await each.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
      await each.refresh(generation)
    }
    const query = fc.record({
      q: fc.oneof(sentence, fc.constant('abcabx')),
      facets: fc.constantFrom([], ['at']),
      limit: fc.constantFrom(3, 50, 1_000),
      filters: fc.constantFrom({}, { at: { gte: -1.5, lt: 4 } }, { at: { in: [1.5, 2.5] } }),
      where: fc.constantFrom({}, { id: { gt: 'k2' } }, { text: { lte: 'b' } }),
    })
    await fc.assert(
      fc.asyncProperty(query, async (one) => {
        const [first, wanted] = [
          await engine.search(generation, one),
          await memory.search(generation, one),
        ]
        expect(first).toEqual(wanted)
        if (wanted.next === undefined) return
        const behind = { ...one, after: wanted.next }
        expect(await engine.search(generation, behind, { isFresh: true })).toEqual(
          await memory.search(generation, behind),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('are of all fields, kinds and conditions that a document may have', async () => {
    await using here = fresh()
    const { engine } = here
    const document = Fields({
      id: Type.String(),
      text: Type.String(),
      maybe: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      gift: Type.Boolean(),
      price: Fields({ amount: Type.Number() }),
      lines: Type.Array(Type.Unknown()),
    })
    const model = projection({
      name: 'kinds',
      store: 'elasticsearch',
      within: 60_000,
      document,
      from: [],
      key: () => undefined,
      containing: ['text', 'maybe'],
      search: {
        fields: ['text', 'maybe'],
        newest: 'gift',
        facets: {
          maybe: { field: 'maybe' },
          amount: { field: 'price.amount' },
          any: { field: 'price.amount', ranges: [{}, { to: 0 }, { from: 0 }] },
        },
      },
    }).rules({})
    const generation = { projection: model, generation: 1, store: model.store }
    const memory = memoryEngine()
    const long = `${'lorem ipsum '.repeat(2_000)}Żółw`
    const upserts = new Map(
      [
        {
          maybe: 'x*y?z',
          amount: 1e21,
          lines: [JSON.parse('{"": 1, "a.b": [[]], "__proto__": {"a": 1}}')],
        },
        { maybe: null, amount: -0.5, lines: [] },
        { maybe: 'X', amount: 0, lines: [1e300, null] },
        { maybe: 'Straße', amount: 9, lines: ['\u2028'] },
        { amount: 9, lines: [] },
      ].map((one, nth): [string, unknown] => {
        const { amount, ...more } = one
        const id = `k${nth}`
        const text = nth === 1 ? long : 'vase'
        return [id, { id, text, gift: nth % 2 === 0, price: { amount }, ...more }]
      }),
    )
    for (const each of [engine, memory]) {
      await each.create(generation)
      await each.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
      await each.refresh(generation)
    }
    const conditions: readonly NonNullable<SearchQuery['where']>[] = [
      {},
      { maybe: { contains: '*' } },
      { maybe: { contains: 'x*y?z' } },
      { maybe: { contains: 'STRASSE' } },
      { maybe: { contains: '' } },
      { text: { contains: 'm zolw' } },
      { text: { gt: 'lorem' } },
      { text: long },
      { text: `${long}.` },
      { maybe: { in: [] } },
      { maybe: { in: ['X', 'Straße'] } },
      { gift: true },
      { gift: { lt: true } },
      { 'price.amount': { gte: -Infinity, lt: 9 } },
      { 'price.amount': { gt: Infinity } },
      { 'price.amount': 1e21 },
    ]
    for (const where of conditions)
      for (const q of ['', 'vase', 'zółw']) {
        const query = { q, where, facets: ['maybe', 'amount', 'any'] }
        const [first, wanted] = [
          await engine.search(generation, query),
          await memory.search(generation, query),
        ]
        const keysOf = ({ hits, ...answer }: typeof wanted) => ({
          ...answer,
          keys: hits.map(({ key }) => key),
        })
        expect({ where, q, ...keysOf(first) }).toEqual({ where, q, ...keysOf(wanted) })
        expect(isDeepStrictEqual(first.hits, wanted.hits)).toBe(true)
      }
  })

  test('are pages of one moment from the second one on, unless they must be fresh, and go on after it expired', async () => {
    await using here = fresh()
    const { engine, connection } = here
    const generation = { projection: notesModel(), generation: 1, store: 'elasticsearch' as const }
    await engine.create(generation)
    const ids = Array.from({ length: 10 }, (_, nth) => `k${nth}`)
    const upserts = new Map(ids.map((id) => [id, { id, text: 'vase' }]))
    await engine.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
    await engine.refresh(generation)
    const page = async (after?: string, isFresh = false) => {
      const query = { q: 'vase', limit: 2, ...(after !== undefined && { after }) }
      const { hits, total, next } = await engine.search(generation, query, { isFresh })
      return { keys: hits.map(({ key }) => key).join(' '), total, next }
    }
    const opened = new Set<string>()
    await connection.run(async ({ diagnostic }) => {
      diagnostic.on('response', (_, answer) => {
        const body: unknown = answer?.body
        if (typeof body === 'object' && body && 'id' in body) opened.add(String(body.id))
      })
    })
    const first = await page()
    const second = await page(first.next)
    expect([first.keys, second.keys]).toEqual(['k0 k1', 'k2 k3'])
    expect(second.next).toMatch(/^[^.]+[.]1[.][\w-]+$/)
    const deletes = ['k0', 'k4']
    await engine.write(generation, { from: 1n, to: 2n, upserts: new Map(), deletes })
    await engine.refresh(generation)
    expect(await page(second.next)).toMatchObject({ keys: 'k4 k5', total: 10 })
    expect(await page(second.next, true)).toMatchObject({ keys: 'k5 k6', total: 8 })
    const [place = ''] = second.next!.split('.')
    const another = elasticsearchEngine(connection)
    // A server that restarts has lost its snapshots.
    await connection.run(async (client) => {
      for (const id of opened) await client.closePointInTime({ id })
    })
    expect(await page(second.next)).toMatchObject({ keys: 'k5 k6', total: 8 })
    expect(opened.size).toBe(2)
    const places = [second.next!, `${place}.2.1`, `${place}.1.1`, `${place}.1.x`, place]
    for (const after of places) {
      const { hits, total } = await another.search(generation, { q: 'vase', limit: 2, after })
      expect([after, hits[0]?.key, total]).toEqual([after, 'k5', 8])
    }
  })

  test('are of documents that were written before their fields were declared', async () => {
    await using here = fresh()
    const { store, engine } = here
    const { search: _, ...plain } = notesModel()
    const before = await store.begin(plain)
    const upserts = new Map([['a', { id: 'a', text: 'Blue vase' }]])
    await store.write(before, { from: 0n, to: 7n, upserts, deletes: ['b'] })
    await store.publish(before)
    const model = notesModel()
    const generation = { ...before, projection: model }
    await store.create(generation)
    await store.create(generation)
    expect((await store.search(model, { q: 'vase' }, { isFresh: true })).total).toBe(1)
    // They stand where they stood.
    const late = { from: 0n, to: 6n, upserts: new Map([['b', { id: 'b' }]]), deletes: ['a'] }
    await engine.write(generation, late)
    expect([...(await store.load(generation, ['a', 'b'])).keys()]).toEqual(['a'])
  })

  test('a field of another type needs a new version', async () => {
    await using here = fresh()
    const { store } = here
    const generation = await store.begin(notesModel())
    const document = Fields({ id: Type.String(), text: Type.Number() })
    const { search: _, ...changed } = notesModel({ document })
    await expect(store.create({ ...generation, projection: changed })).rejects.toThrow(
      /needs a new version/,
    )
  })
})
