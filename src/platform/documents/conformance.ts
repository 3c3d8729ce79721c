import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { Type, type Static } from 'typebox'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { Fields, money, projection, Timestamp, type AnyProjection, type Projection } from '#kernel'
import { InvalidQuery, type DocumentStore, type Generation, type Query } from './port.ts'

/** An adapter under test, over a store that starts empty. */
export type StoreUnderTest = {
  /** Opens the store: several times, as several processes would. Adapters that cannot share give the same one again. */
  readonly open: () => Promise<DocumentStore>
  readonly close: () => Promise<void>
}

const Order = Fields({
  id: Type.String(),
  userId: Type.String(),
  status: Type.Enum(['PENDING', 'CONFIRMED']),
  total: money(Fields({ amount: Type.Integer(), currency: Type.String() })),
  weight: Type.Optional(Type.Number()),
  gift: Type.Optional(Type.Boolean()),
  note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  lines: Type.Optional(Type.Array(Type.String())),
  createdAt: Timestamp,
})
type Order = Static<typeof Order>

let models = 0

/** A read model of its own for each test. */
const newModel = (version = 1): Projection<Order> => ({
  ...projection({
    name: `orders_${(models += 1)}`,
    store: 'postgres',
    document: Order,
    from: [],
    key: () => undefined,
    indexes: [['userId', 'createdAt'], ['status']],
  }).rules({}),
  version,
})

const order = (id: string, more: Partial<Order> = {}): Order => ({
  id,
  userId: 'ann',
  status: 'PENDING',
  total: { amount: 1999, currency: 'EUR' },
  createdAt: '2030-01-01T00:00:00.000Z',
  ...more,
})

const upserting = (orders: readonly Order[]) => new Map(orders.map((order) => [order.id, order]))

const ids = (found: { documents: readonly Order[] }) => found.documents.map(({ id }) => id)

/** Writes on from wherever the generation stands. */
const put = async (
  store: DocumentStore,
  generation: Generation,
  orders: readonly Order[],
  deletes: readonly string[] = [],
) => {
  const from = await store.position(generation)
  const batch = { from, to: from + 1n, upserts: upserting(orders), deletes }
  assert.equal(await store.write(generation, batch), true)
}

/** A published generation with these documents. */
const published = async (
  store: DocumentStore,
  model: AnyProjection,
  orders: readonly Order[],
): Promise<Generation> => {
  const generation = await store.begin(model)
  await put(store, generation, orders)
  await store.publish(generation)
  return generation
}

/** The promises that every document store keeps, whatever it is kept in. */
export const documentConformance = (name: string, make: () => Promise<StoreUnderTest>) =>
  describe(`documents in ${name}`, () => {
    let under: StoreUnderTest
    let store: DocumentStore
    let other: DocumentStore
    beforeAll(async () => {
      under = await make()
      store = await under.open()
      other = await under.open()
    })
    afterAll(() => under?.close())

    describe('a generation', () => {
      test('starts empty, at the beginning of the log', async () => {
        const model = newModel()
        const generation = await store.begin(model)
        assert.equal(await store.position(generation), 0n)
        assert.deepEqual(await store.load(generation, ['a']), new Map())
        assert.equal(await store.live(model), undefined)
        const [record] = await store.generations(model.name)
        assert.match(record!.startedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        assert.deepEqual(record, {
          generation: 1,
          version: 1,
          status: 'building',
          position: 0n,
          startedAt: record!.startedAt,
        })
      })

      test('can be created again and by several at once, and keeps what it has', async () => {
        const generation = { projection: newModel(), generation: 3 }
        await Promise.all([store, other, store, other].map((each) => each.create(generation)))
        await put(store, generation, [order('a')])
        await other.create(generation)
        assert.equal((await other.load(generation, ['a'])).size, 1)
        assert.equal(await other.position(generation), 1n)
      })

      test('gets a number that no other has or had', async () => {
        const model = newModel()
        const begun = await Promise.all(
          [store, other, store, other].map((each) => each.begin(model)),
        )
        const numbers = begun.map(({ generation }) => generation).toSorted()
        assert.deepEqual(numbers, [1, 2, 3, 4])
        await store.drop(begun.find(({ generation }) => generation === 4)!)
        assert.equal((await other.begin(model)).generation, 5)
        const there = await store.generations(model.name)
        assert.deepEqual(
          there.map(({ generation }) => generation),
          [1, 2, 3, 5],
        )
      })

      test('that was dropped is gone, and whoever still runs it is told', async () => {
        const generation = await store.begin(newModel())
        await put(store, generation, [order('a')])
        await store.drop(generation)
        await other.drop(generation)
        const batch = { from: 1n, to: 2n, upserts: upserting([order('b')]), deletes: [] }
        assert.equal(await other.write(generation, batch), false)
        assert.deepEqual(await other.advance([{ generation, from: 1n, to: 2n }]), [false])
        assert.deepEqual(await other.load(generation, ['a']), new Map())
        assert.equal(await other.position(generation), 0n)
        await assert.rejects(store.publish(generation), /no generation 1/)
      })

      test('is not dropped while it answers', async () => {
        const model = newModel()
        const generation = await published(store, model, [order('a')])
        await assert.rejects(store.drop(generation), /answered for by generation 1/)
        assert.deepEqual(await store.get(model, 'a'), order('a'))
      })
    })

    describe('writing', () => {
      test('puts, replaces and deletes documents, and moves the position', async () => {
        const generation = await store.begin(newModel())
        await put(store, generation, [order('a'), order('b'), order('c')])
        await put(store, generation, [order('a', { status: 'CONFIRMED' }), order('d')], ['b', 'z'])
        assert.equal(await other.position(generation), 2n)
        assert.deepEqual(
          await other.load(generation, ['a', 'b', 'c', 'd', 'e']),
          upserting([order('a', { status: 'CONFIRMED' }), order('c'), order('d')]),
        )
      })

      test('can be deleting only, or moving only', async () => {
        const generation = await store.begin(newModel())
        await put(store, generation, [order('a')])
        await put(store, generation, [])
        await put(store, generation, [], ['a'])
        assert.equal(await store.position(generation), 3n)
        assert.deepEqual(await store.load(generation, ['a']), new Map())
      })

      test('is refused whole when the generation stands elsewhere', async () => {
        const generation = await store.begin(newModel())
        await put(store, generation, [order('a')])
        const batch = { from: 0n, to: 9n, upserts: upserting([order('b')]), deletes: ['a'] }
        assert.equal(await store.write(generation, batch), false)
        assert.equal(await store.position(generation), 1n)
        assert.deepEqual(await store.load(generation, ['a', 'b']), upserting([order('a')]))
      })

      test('by two at once is done by exactly one of them', async () => {
        const generation = await store.begin(newModel())
        for (let from = 0n; from < 20n; from += 1n) {
          const written = await Promise.all(
            [store, other].map((each, index) => {
              const upserts = upserting([order('a', { note: `${from} by ${index}` })])
              return each.write(generation, { from, to: from + 1n, upserts, deletes: [] })
            }),
          )
          const winner = written.indexOf(true)
          assert.equal(written.filter(Boolean).length, 1)
          const kept = await store.load(generation, ['a'])
          assert.deepEqual(kept.get('a'), order('a', { note: `${from} by ${winner}` }))
        }
      })

      test('keeps any document under any key', async () => {
        const generation = await store.begin(newModel())
        const texts = [
          ...[
            '',
            ' ',
            `'`,
            '"',
            '\\',
            '\\u0000',
            '{}',
            '{a,b}',
            'NULL',
            'null',
            '%',
            '_',
            ',',
            '$1',
          ],
          ...[
            'a\nb',
            'tab\t',
            'déjà',
            '日本',
            '🪔',
            '\u2028',
            '--',
            '__proto__',
            'x'.repeat(1_000),
          ],
        ]
        const all = texts.map((text) => order(text, { note: text, lines: [text, ''] }))
        await put(store, generation, all)
        assert.deepEqual(await other.load(generation, texts), upserting(all))
        await put(store, generation, [], texts)
        assert.equal((await other.load(generation, texts)).size, 0)
      })

      test('replaces what no text can be, rather than to stop', async () => {
        const model = newModel()
        const generation = await published(store, model, [
          order('nul\0', { note: 'a\0b', lines: ['\0', '\ud800', 'ok'] }),
          order('half', { note: 'a\ud800' }),
        ])
        const nul = order('nul\uFFFD', { note: 'a\uFFFDb', lines: ['\uFFFD', '\uFFFD', 'ok'] })
        assert.deepEqual(await store.load(generation, ['nul\0']), new Map([['nul\0', nul]]))
        assert.deepEqual(await store.get(model, 'nul\0'), nul)
        assert.deepEqual(ids(await store.find(model, { where: { note: 'a\ud800' } })), ['half'])
        await put(store, generation, [], ['nul\0'])
        assert.equal(await store.get(model, 'nul\0'), undefined)
      })

      test('takes 10,000 documents in one batch', async () => {
        const model = newModel()
        const many = Array.from({ length: 10_000 }, (_, index) => order(`order-${index}`))
        const generation = await published(store, model, many)
        assert.deepEqual(
          await store.load(
            generation,
            many.map(({ id }) => id),
          ),
          upserting(many),
        )
        assert.equal((await store.find(model, {})).total, 10_000)
        await put(
          store,
          generation,
          [],
          many.slice(1).map(({ id }) => id),
        )
        assert.deepEqual(ids(await store.find(model, {})), ['order-0'])
      })

      test('keeps a document as it was then, whatever becomes of the object', async () => {
        const model = newModel()
        const mine = { ...order('a') }
        const generation = await published(store, model, [mine])
        mine.status = 'CONFIRMED'
        const given = (await store.get(model, 'a'))!
        Object.assign(given.total, { amount: 0 })
        const loaded = (await store.load(generation, ['a'])).get('a') as Order
        Object.assign(loaded.total, { amount: 0 })
        const found = await store.find(model, {})
        Object.assign(found.documents[0]!.total, { amount: 0 })
        assert.deepEqual(await store.get(model, 'a'), order('a'))
      })
    })

    test('several positions are moved at once, each where it still stands', async () => {
      const generations = await Promise.all([1, 2, 3].map(() => store.begin(newModel())))
      const [first, second, third] = generations as [Generation, Generation, Generation]
      await put(other, second, [order('a')])
      const moved = await store.advance([
        { generation: third, from: 0n, to: 7n },
        { generation: second, from: 0n, to: 8n },
        { generation: first, from: 0n, to: 9_007_199_254_740_993n },
      ])
      assert.deepEqual(moved, [true, false, true])
      assert.deepEqual(await Promise.all(generations.map(store.position)), [
        9_007_199_254_740_993n,
        1n,
        7n,
      ])
      assert.deepEqual(await store.advance([]), [])
    })

    describe('publishing', () => {
      test('nothing is found before it', async () => {
        const model = newModel()
        await put(store, await store.begin(model), [order('a')])
        assert.equal(await store.get(model, 'a'), undefined)
        assert.deepEqual(await store.find(model, { where: { status: 'PENDING' } }), {
          documents: [],
          total: 0,
        })
        assert.deepEqual(await store.positions([model.name]), new Map())
      })

      test('makes a generation answer, in every process, until another one does', async () => {
        const model = newModel()
        const first = await published(store, model, [order('a'), order('b')])
        assert.deepEqual(ids(await other.find(model, {})), ['a', 'b'])
        assert.deepEqual(await other.live(model), first)

        const changed = { ...model, version: 2 }
        const second = await other.begin(changed)
        await put(other, second, [order('a', { note: 'new' })])
        await put(store, first, [order('c')])
        assert.deepEqual(ids(await other.find(changed, {})), ['a', 'b', 'c'])
        assert.deepEqual(await store.positions([model.name, 'none']), new Map([[model.name, 2n]]))

        await other.publish(second)
        await other.publish(second)
        assert.deepEqual(await store.get(model, 'a'), order('a', { note: 'new' }))
        assert.deepEqual(ids(await store.find(model, { where: { userId: 'ann' } })), ['a'])
        assert.deepEqual(await store.positions([model.name]), new Map([[model.name, 1n]]))
        assert.equal((await store.live(model))?.generation, 2)
        const records = await store.generations(model.name)
        assert.deepEqual(
          records.map(({ version, status }) => [version, status]),
          [
            [1, 'retired'],
            [2, 'live'],
          ],
        )
        assert.ok(records[1]!.publishedAt! >= records[0]!.publishedAt!)
      })

      test('stops whoever still writes to the one before', async () => {
        const model = newModel()
        const first = await published(store, model, [order('a')])
        await published(other, model, [order('b')])
        const batch = { from: 1n, to: 2n, upserts: upserting([order('c')]), deletes: [] }
        assert.equal(await store.write(first, batch), false)
        assert.deepEqual(await store.advance([{ generation: first, from: 1n, to: 2n }]), [false])
        assert.equal((await store.load(first, ['a', 'c'])).size, 1)
      })

      test('is one step: readers see one generation whole or the next, and no failure', async () => {
        const model = newModel()
        const generationOf = (number: number) =>
          Array.from({ length: 30 }, (_, index) => order(`${index}`, { note: `${number}` }))
        await published(store, model, generationOf(1))
        let done = false
        let reads = 0
        const read = async (from: DocumentStore) => {
          while (!done) {
            const query: Query = { where: { userId: 'ann' }, sort: ['createdAt'], limit: 50 }
            const { documents, total } = await from.find(model, query)
            assert.equal(total, 30)
            assert.equal(new Set(documents.map(({ note }) => note)).size, 1)
            assert.ok(await from.get(model, '7'))
            reads += 1
            // A store in memory would leave no turn to anyone else.
            await setImmediate()
          }
        }
        const readers = Promise.all([other, other, store, other].map(read))
        const switching = async () => {
          for (let number = 2; number <= 6; number += 1) {
            const old = (await store.live(model))!
            await published(store, { ...model, version: number }, generationOf(number))
            await store.drop(old)
            const seen = reads
            while (reads < seen + 8) await setImmediate()
          }
        }
        await Promise.race([switching().finally(() => (done = true)), readers])
        await readers
        assert.equal((await other.get(model, '7'))?.note, '6')
        assert.equal((await store.generations(model.name)).length, 1)
      })
    })

    test('generations are compared by count, and the comparison is kept', async () => {
      const model = newModel()
      const live = await published(store, model, [order('a'), order('b'), order('c'), order('d')])
      const next = await store.begin(model)
      const { id, ...fields } = order('a')
      await put(store, next, [{ ...fields, id }, order('b', { note: 'new' }), order('e')])
      const comparison = await store.compare(live, next)
      assert.deepEqual(comparison, { same: 1, different: 1, onlyOld: 2, onlyNew: 1 })
      await store.saveComparison(next, comparison)
      const [, record] = await other.generations(model.name)
      assert.deepEqual(record!.comparison, comparison)
    })

    describe('finding', () => {
      const model = newModel()
      const found = async (query: Query) => ids(await other.find(model, query))
      const where = (conditions: Query['where'] & {}) => found({ where: conditions })

      beforeAll(async () => {
        await published(store, model, [
          order('a', { weight: 2, gift: true, createdAt: '2030-01-03T00:00:00.000Z' }),
          order('b', { weight: 10, note: 'Éclair 100%', total: { amount: 5, currency: 'USD' } }),
          order('c', { userId: 'bob', weight: -1.5, gift: false, note: '\u{1F525}' }),
          order('d', { userId: 'bob', status: 'CONFIRMED', note: '\uFF5E' }),
          order('e', { userId: 'Ann', status: 'CONFIRMED', note: null, weight: 1e21 }),
          order('f', {
            userId: "o'neil",
            note: 'under_score',
            total: { amount: 100, currency: '' },
          }),
        ])
      })

      test('by equal texts, numbers and truths', async () => {
        assert.deepEqual(await where({ userId: 'ann' }), ['a', 'b'])
        assert.deepEqual(await where({ userId: "o'neil" }), ['f'])
        assert.deepEqual(await where({ weight: 10 }), ['b'])
        assert.deepEqual(await where({ weight: 1e21 }), ['e'])
        assert.deepEqual(await where({ gift: true }), ['a'])
        assert.deepEqual(await where({ gift: false }), ['c'])
        assert.deepEqual(await where({ userId: 'nobody' }), [])
      })

      test('by several conditions, which all must hold', async () => {
        assert.deepEqual(await where({ userId: 'bob', status: 'CONFIRMED' }), ['d'])
        assert.deepEqual(await where({}), ['a', 'b', 'c', 'd', 'e', 'f'])
      })

      test('by one of several values', async () => {
        assert.deepEqual(await where({ userId: { in: ['bob', 'Ann'] } }), ['c', 'd', 'e'])
        assert.deepEqual(await where({ weight: { in: [2, -1.5] } }), ['a', 'c'])
        assert.deepEqual(await where({ userId: { in: [] } }), [])
      })

      test('by a range', async () => {
        assert.deepEqual(await where({ weight: { gt: 2 } }), ['b', 'e'])
        assert.deepEqual(await where({ weight: { gte: 2, lt: 11 } }), ['a', 'b'])
        assert.deepEqual(await where({ weight: { lte: -1.5 } }), ['c'])
        assert.deepEqual(await where({ createdAt: { gt: '2030-01-01T00:00:00.000Z' } }), ['a'])
        assert.deepEqual(await where({ note: { gte: '\uFF5E' } }), ['c', 'd'])
      })

      test('by a text within a text, in any case and without wildcards', async () => {
        assert.deepEqual(await where({ note: { contains: 'éCLAIR' } }), ['b'])
        assert.deepEqual(await where({ note: { contains: '%' } }), ['b'])
        assert.deepEqual(await where({ note: { contains: 'r_s' } }), ['f'])
        assert.deepEqual(await where({ note: { contains: 'r_score%' } }), [])
        assert.deepEqual(await where({ note: { contains: '\\' } }), [])
        assert.deepEqual(await where({ note: { contains: '' } }), ['b', 'c', 'd', 'f'])
      })

      test('by a field of a field', async () => {
        assert.deepEqual(await where({ 'total.amount': { lt: 1999 } }), ['b', 'f'])
        assert.deepEqual(await where({ 'total.currency': 'USD' }), ['b'])
      })

      test('by at least one of some alternatives', async () => {
        const anyOf = [{ status: 'CONFIRMED' }, { weight: 2, gift: true }]
        assert.deepEqual(await found({ anyOf }), ['a', 'd', 'e'])
        assert.deepEqual(await found({ anyOf, where: { userId: 'bob' } }), ['d'])
        assert.deepEqual(await found({ anyOf: [] }), [])
        assert.deepEqual(await found({ anyOf: [{}], where: { userId: 'bob' } }), ['c', 'd'])
      })

      test('in order: numbers by size, texts by code point, the key between equals', async () => {
        assert.deepEqual(await found({ sort: ['weight'] }), ['c', 'a', 'b', 'e', 'd', 'f'])
        assert.deepEqual(await found({ sort: ['-weight'] }), ['d', 'f', 'e', 'b', 'a', 'c'])
        assert.deepEqual(await found({ sort: ['userId'] }), ['e', 'a', 'b', 'c', 'd', 'f'])
        assert.deepEqual(await found({ sort: ['-note'] }), ['a', 'e', 'c', 'd', 'b', 'f'])
        assert.deepEqual(await found({ sort: ['-gift'] }), ['b', 'd', 'e', 'f', 'a', 'c'])
        assert.deepEqual(await found({ sort: ['-status', '-createdAt'] }), [
          ...['a', 'b', 'c', 'f'],
          ...['d', 'e'],
        ])
        assert.deepEqual(await found({ sort: ['-total.amount', 'userId'] }), [
          ...['e', 'a', 'c', 'd'],
          ...['f', 'b'],
        ])
      })

      test('page by page, and always with the count of all', async () => {
        const page = async (limit: number, offset: number) => {
          const query: Query = {
            sort: ['-createdAt'],
            where: { weight: { gt: -9 } },
            limit,
            offset,
          }
          const { documents, total } = await other.find(model, query)
          return [documents.map(({ id }) => id), total]
        }
        assert.deepEqual(await page(2, 0), [['a', 'b'], 4])
        assert.deepEqual(await page(2, 2), [['c', 'e'], 4])
        assert.deepEqual(await page(3, 3), [['e'], 4])
        assert.deepEqual(await page(9, 0), [['a', 'b', 'c', 'e'], 4])
        assert.deepEqual(await page(2, 4), [[], 4])
        assert.deepEqual(await page(0, 0), [[], 4])
        assert.equal((await other.find(model, {})).total, 6)
      })

      test('twenty at a time, when nothing else is said', async () => {
        const many = newModel()
        const orders = Array.from({ length: 25 }, (_, index) => order(`${index + 10}`))
        await published(store, many, orders)
        const { documents, total } = await store.find(many, {})
        assert.deepEqual([documents.length, total], [20, 25])
      })

      test.each<[string, Query]>([
        ['a field that is not there', { where: { colour: 'red' } }],
        ['a field of a field that is not there', { where: { 'total.cents': 1 } }],
        ['a field that every object has', { where: { constructor: 'x' } }],
        ['SQL in a name', { where: { "id') = '' OR ('": 'x' } }],
        ['a field that is an object', { where: { total: 'x' } }],
        ['an order by a list', { sort: ['lines'] }],
        ['an order by nothing', { sort: ['-'] }],
        ['a number where a text is', { where: { status: 1 } }],
        ['a text where a number is', { anyOf: [{ weight: { gt: '1' } }] }],
        ['no number', { where: { weight: Number.NaN } }],
        ['a text in a number', { where: { weight: { contains: '1' } } }],
        ['a negative limit', { limit: -1 }],
        ['half a page', { offset: 0.5 }],
      ])('refuses %s', async (_, query) => {
        await assert.rejects(store.find(model, query), InvalidQuery)
      })
    })
  })
