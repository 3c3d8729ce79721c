import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import {
  newModel,
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
        store: generation.store,
        status: 'building',
        position: 0n,
        startedAt: record!.startedAt,
      })
    })

    test('can be created again and by several at once, and keeps what it has', async () => {
      const { store, other } = stores()
      const projection = newModel()
      const generation = { projection, generation: 3, store: store.storeFor(projection) }
      await Promise.all([store, other, store, other].map((each) => each.create(generation)))
      await put(store, generation, [order('a')])
      await other.create(generation)
      assert.equal((await other.load(generation, ['a'])).size, 1)
      assert.equal(await other.position(generation), 1n)
    })

    test('gets a number that no other has or had', async () => {
      const { store, other } = stores()
      const model = newModel()
      const begun = await Promise.all([store, other, store, other].map((each) => each.begin(model)))
      const numbers = begun.map(({ generation }) => generation).toSorted((a, b) => a - b)
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
      const { store, other } = stores()
      const generation = await store.begin(newModel())
      await put(store, generation, [order('a')])
      await store.drop(generation)
      await other.drop(generation)
      const batch = { from: 1n, to: 2n, upserts: upserting([order('b')]), deletes: [] }
      assert.equal(await other.write(generation, batch), false)
      assert.deepEqual(await other.advance([{ generation, from: 1n, to: 2n }]), [false])
      await assert.rejects(other.load(generation, ['a']), Unavailable)
      assert.equal(await other.position(generation), 0n)
      await assert.rejects(store.publish(generation), /no generation 1/)
    })

    test('is not dropped while it answers', async () => {
      const { store } = stores()
      const model = newModel()
      const generation = await published(store, model, [order('a')])
      await assert.rejects(store.drop(generation), /answered for by generation 1/)
      assert.deepEqual(await store.get(model, 'a'), order('a'))
    })
  })

  describe('writing', () => {
    test('puts, replaces and deletes documents, and moves the position', async () => {
      const { store, other } = stores()
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
      const { store } = stores()
      const generation = await store.begin(newModel())
      await put(store, generation, [order('a')])
      await put(store, generation, [])
      await put(store, generation, [], ['a'])
      assert.equal(await store.position(generation), 3n)
      assert.deepEqual(await store.load(generation, ['a']), new Map())
    })

    test('is refused whole when the generation stands elsewhere', async () => {
      const { store } = stores()
      const generation = await store.begin(newModel())
      await put(store, generation, [order('a')])
      const batch = { from: 0n, to: 9n, upserts: upserting([order('b')]), deletes: ['a'] }
      assert.equal(await store.write(generation, batch), false)
      assert.equal(await store.position(generation), 1n)
      assert.deepEqual(await store.load(generation, ['a', 'b']), upserting([order('a')]))
    })

    test('by two at once is done by exactly one of them', async () => {
      const { store, other, isTransactional } = stores()
      const generation = await store.begin(newModel())
      for (let from = 0n; from < 20n; from += 1n) {
        const written = await Promise.all(
          [store, other].map((each, index) => {
            const note = isTransactional ? `${from} by ${index}` : `${from}`
            const upserts = upserting([order('a', { note })])
            return each.write(generation, { from, to: from + 1n, upserts, deletes: [] })
          }),
        )
        const winner = written.indexOf(true)
        assert.equal(written.filter(Boolean).length, 1)
        const there = await store.load(generation, ['a'])
        const note = isTransactional ? `${from} by ${winner}` : `${from}`
        assert.deepEqual(there.get('a'), order('a', { note }))
      }
    })

    test('keeps any document under any key', async () => {
      const { store, other } = stores()
      const generation = await store.begin(newModel())
      const odd = ` | |'|"|\\|\\u0000|{}|{a,b}|NULL|null|%|_|,|$1|a\nb|\t|déjà|日本|🪔|\u2028|--|__proto__`
      const texts = ['', ...odd.split('|'), 'x'.repeat(1_000)]
      const all = texts.map((text) => order(text, { note: text, lines: [text, ''] }))
      await put(store, generation, all)
      assert.deepEqual(await other.load(generation, texts), upserting(all))
      await put(store, generation, [], texts)
      assert.equal((await other.load(generation, texts)).size, 0)
    })

    test('replaces what no text can be, rather than to stop', async () => {
      const { store } = stores()
      const model = newModel()
      const generation = await published(store, model, [
        order('nul\0', { note: 'a\0b', lines: ['\0', '\ud800', 'ok'] }),
        order('half', { note: 'a\ud800' }),
      ])
      const nul = order('nul\uFFFD', { note: 'a\uFFFDb', lines: ['\uFFFD', '\uFFFD', 'ok'] })
      assert.deepEqual(await store.load(generation, ['nul\0']), new Map([['nul\0', nul]]))
      assert.deepEqual(await store.get(model, 'nul\0'), nul)
      if (stores().isQueried)
        assert.deepEqual(ids(await store.find(model, { where: { note: 'a\ud800' } })), ['half'])
      await put(store, generation, [], ['nul\0'])
      assert.equal(await store.get(model, 'nul\0'), undefined)
    })

    test('takes thousands of documents in one batch', async () => {
      const { store, largestBatch } = stores()
      const model = newModel()
      const many = Array.from({ length: largestBatch }, (_, index) => order(`order-${index}`))
      const generation = await published(store, model, many)
      assert.deepEqual(
        await store.load(
          generation,
          many.map(({ id }) => id),
        ),
        upserting(many),
      )
      assert.equal((await seenBy(store, model, stores())).total, largestBatch)
      await put(
        store,
        generation,
        [],
        many.slice(1).map(({ id }) => id),
      )
      assert.deepEqual((await seenBy(store, model, stores())).keys, ['order-0'])
    })

    test('keeps a document as it was then, whatever becomes of the object', async () => {
      const { store } = stores()
      const model = newModel()
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
      assert.deepEqual(await store.get(model, 'a'), order('a'))
    })
  })

  test('several positions are moved at once, each where it still stands', async () => {
    const { store, other } = stores()
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
}
