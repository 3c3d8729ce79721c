import { describe, expect, test } from 'vitest'
import {
  order,
  published,
  put,
  seenBy,
  upserting,
  ids,
  type Order,
  type Stores,
} from './conformance-model.ts'
import { Unavailable } from '../../unavailable.ts'
import type { Generation } from './port.ts'

/** What every store promises of making generations and of writing to them. */
export const writingConformance = (stores: () => Stores): void => {
  describe('a generation', () => {
    test('starts empty, at the beginning of the log', async () => {
      const { store } = stores()
      const model = stores().newModel()
      const generation = await store.begin(model)
      expect(await store.position(generation)).toBe(0n)
      expect(await store.load(generation, ['a'])).toStrictEqual(new Map())
      expect(await store.live(model)).toBe(undefined)
      const [record] = await store.generations(model.name)
      expect(record!.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(record).toStrictEqual({
        generation: 1,
        version: 1,
        store: generation.store,
        status: 'building',
        position: 0n,
        startedAt: record!.startedAt,
      })
    })

    test('can be created again and by several at once, and keeps what it has', async () => {
      const { store, other } = stores()
      const projection = stores().newModel()
      const generation = { projection, generation: 3, store: store.storeFor(projection) }
      await Promise.all([store, other, store, other].map((each) => each.create(generation)))
      await put(store, generation, [order('a')])
      await other.create(generation)
      expect((await other.load(generation, ['a'])).size).toBe(1)
      expect(await other.position(generation)).toBe(1n)
    })

    test('gets a number that no other has or had', async () => {
      const { store, other } = stores()
      const model = stores().newModel()
      const begun = await Promise.all([store, other, store, other].map((each) => each.begin(model)))
      const numbers = begun.map(({ generation }) => generation).toSorted((a, b) => a - b)
      expect(numbers).toStrictEqual([1, 2, 3, 4])
      await store.drop(begun.find(({ generation }) => generation === 4)!)
      expect((await other.begin(model)).generation).toBe(5)
      const there = await store.generations(model.name)
      expect(there.map(({ generation }) => generation)).toStrictEqual([1, 2, 3, 5])
    })

    test('that was dropped is gone, and whoever still runs it is told', async () => {
      const { store, other } = stores()
      const generation = await store.begin(stores().newModel())
      await put(store, generation, [order('a')])
      await store.drop(generation)
      await other.drop(generation)
      const batch = { from: 1n, to: 2n, upserts: upserting([order('b')]), deletes: [] }
      expect(await other.write(generation, batch)).toBe(false)
      expect(await other.advance([{ generation, from: 1n, to: 2n }])).toStrictEqual([false])
      await expect(other.load(generation, ['a'])).rejects.toThrow(Unavailable)
      expect(await other.position(generation)).toBe(0n)
      await expect(store.publish(generation)).rejects.toThrow(/no generation 1/)
    })

    test('is not dropped while it answers', async () => {
      const { store } = stores()
      const model = stores().newModel()
      const generation = await published(store, model, [order('a')])
      await expect(store.drop(generation)).rejects.toThrow(/answered for by generation 1/)
      expect(await store.get(model, 'a')).toStrictEqual(order('a'))
    })
  })

  describe('writing', () => {
    test('puts, replaces and deletes documents, and moves the position', async () => {
      const { store, other } = stores()
      const generation = await store.begin(stores().newModel())
      await put(store, generation, [order('a'), order('b'), order('c')])
      await put(store, generation, [order('a', { status: 'CONFIRMED' }), order('d')], ['b', 'z'])
      expect(await other.position(generation)).toBe(2n)
      expect(await other.load(generation, ['a', 'b', 'c', 'd', 'e'])).toStrictEqual(
        upserting([order('a', { status: 'CONFIRMED' }), order('c'), order('d')]),
      )
    })

    test('can be deleting only, or moving only', async () => {
      const { store } = stores()
      const generation = await store.begin(stores().newModel())
      await put(store, generation, [order('a')])
      await put(store, generation, [])
      await put(store, generation, [], ['a'])
      expect(await store.position(generation)).toBe(3n)
      expect(await store.load(generation, ['a'])).toStrictEqual(new Map())
    })

    test('is refused whole when the generation stands elsewhere', async () => {
      const { store } = stores()
      const generation = await store.begin(stores().newModel())
      await put(store, generation, [order('a')])
      const batch = { from: 0n, to: 9n, upserts: upserting([order('b')]), deletes: ['a'] }
      expect(await store.write(generation, batch)).toBe(false)
      expect(await store.position(generation)).toBe(1n)
      expect(await store.load(generation, ['a', 'b'])).toStrictEqual(upserting([order('a')]))
    })

    test('by two at once is done by exactly one of them', async () => {
      const { store, other, isTransactional } = stores()
      const generation = await store.begin(stores().newModel())
      for (let from = 0n; from < 20n; from += 1n) {
        const written = await Promise.all(
          [store, other].map((each, index) => {
            const note = isTransactional ? `${from} by ${index}` : `${from}`
            const upserts = upserting([order('a', { note })])
            return each.write(generation, { from, to: from + 1n, upserts, deletes: [] })
          }),
        )
        const winner = written.indexOf(true)
        expect(written.filter(Boolean).length).toBe(1)
        const there = await store.load(generation, ['a'])
        const note = isTransactional ? `${from} by ${winner}` : `${from}`
        expect(there.get('a')).toStrictEqual(order('a', { note }))
      }
    })

    test('keeps any document under any key', async () => {
      const { store, other } = stores()
      const generation = await store.begin(stores().newModel())
      const odd = ` | |'|"|\\|\\u0000|{}|{a,b}|NULL|null|%|_|,|$1|a\nb|\t|déjà|日本|🪔|\u2028|--|__proto__`
      const texts = ['', ...odd.split('|'), 'x'.repeat(1_000)]
      const all = texts.map((text) => order(text, { note: text, lines: [text, ''] }))
      await put(store, generation, all)
      expect(await other.load(generation, texts)).toStrictEqual(upserting(all))
      await put(store, generation, [], texts)
      expect((await other.load(generation, texts)).size).toBe(0)
    })

    test('replaces what no text can be, rather than to stop', async () => {
      const { store } = stores()
      const model = stores().newModel()
      const generation = await published(store, model, [
        order('nul\0', { note: 'a\0b', lines: ['\0', '\ud800', 'ok'] }),
        order('half', { note: 'a\ud800' }),
      ])
      const nul = order('nul\uFFFD', { note: 'a\uFFFDb', lines: ['\uFFFD', '\uFFFD', 'ok'] })
      expect(await store.load(generation, ['nul\0'])).toStrictEqual(new Map([['nul\0', nul]]))
      expect(await store.get(model, 'nul\0')).toStrictEqual(nul)
      const query = { where: { note: 'a\ud800' } }
      const found = stores().isQueried ? ids(await store.find(model, query)) : ['half']
      expect(found).toStrictEqual(['half'])
      await put(store, generation, [], ['nul\0'])
      expect(await store.get(model, 'nul\0')).toBe(undefined)
    })

    test('takes thousands of documents in one batch', async () => {
      const { store, largestBatch } = stores()
      const model = stores().newModel()
      const many = Array.from({ length: largestBatch }, (_, index) => order(`order-${index}`))
      const generation = await published(store, model, many)
      expect(
        await store.load(
          generation,
          many.map(({ id }) => id),
        ),
      ).toStrictEqual(upserting(many))
      expect((await seenBy(store, model, stores())).total).toBe(largestBatch)
      await put(
        store,
        generation,
        [],
        many.slice(1).map(({ id }) => id),
      )
      expect((await seenBy(store, model, stores())).keys).toStrictEqual(['order-0'])
    })

    test('keeps a document as it was then, whatever becomes of the object', async () => {
      const { store } = stores()
      const model = stores().newModel()
      const mine = { ...order('a') }
      const generation = await published(store, model, [mine])
      mine.status = 'CONFIRMED'
      const given = (await store.get(model, 'a'))!
      Object.assign(given.total, { amount: 0 })
      const loaded = (await store.load(generation, ['a'])).get('a') as Order
      Object.assign(loaded.total, { amount: 0 })
      const [[, scanned]] = (await store.scan(generation, { limit: 1 })) as [[string, Order]]
      Object.assign(scanned.total, { amount: 0 })
      if (stores().isQueried) {
        const found = await store.find(model, {})
        Object.assign(found.documents[0]!.total, { amount: 0 })
      }
      expect(await store.get(model, 'a')).toStrictEqual(order('a'))
    })
  })

  test('several positions are moved at once, each where it still stands', async () => {
    const { store, other } = stores()
    const generations = await Promise.all([1, 2, 3].map(() => store.begin(stores().newModel())))
    const [first, second, third] = generations as [Generation, Generation, Generation]
    await put(other, second, [order('a')])
    const moved = await store.advance([
      { generation: third, from: 0n, to: 7n },
      { generation: second, from: 0n, to: 8n },
      { generation: first, from: 0n, to: 9_007_199_254_740_993n },
    ])
    expect(moved).toStrictEqual([true, false, true])
    expect(await Promise.all(generations.map(store.position))).toStrictEqual([
      9_007_199_254_740_993n,
      1n,
      7n,
    ])
    expect(await store.advance([])).toStrictEqual([])
  })
}
