import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { describe, test } from 'vitest'
import {
  newModel,
  order,
  published,
  put,
  seenBy,
  upserting,
  type Stores,
} from './conformance-model.ts'
import type { DocumentStore, Query } from './port.ts'

/** What every store promises of switching from one generation to another. */
export const publishingConformance = (stores: () => Stores): void => {
  describe('publishing', () => {
    test('nothing is found before it', async () => {
      const { store } = stores()
      const model = newModel()
      await put(store, await store.begin(model), [order('a')])
      assert.equal(await store.get(model, 'a'), undefined)
      if (stores().isQueried)
        assert.deepEqual(await store.find(model, { where: { status: 'PENDING' } }), {
          documents: [],
          total: 0,
        })
      assert.deepEqual(await store.positions([model.name]), new Map())
    })

    test('makes a generation answer, in every process, until another one does', async () => {
      const { store, other } = stores()
      const model = newModel()
      const first = await published(store, model, [order('a'), order('b')])
      assert.deepEqual((await seenBy(other, model, stores())).keys, ['a', 'b'])
      assert.deepEqual(await other.live(model), first)

      const changed = { ...model, version: 2 }
      const second = await other.begin(changed)
      await put(other, second, [order('a', { note: 'new' })])
      await put(store, first, [order('c')])
      assert.deepEqual((await seenBy(other, changed, stores())).keys, ['a', 'b', 'c'])
      assert.deepEqual(await store.positions([model.name, 'none']), new Map([[model.name, 2n]]))

      await other.publish(second)
      await other.publish(second)
      assert.deepEqual(await store.get(model, 'a'), order('a', { note: 'new' }))
      assert.deepEqual((await seenBy(store, model, stores())).keys, ['a'])
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
      const { store, other } = stores()
      const model = newModel()
      const first = await published(store, model, [order('a')])
      await published(other, model, [order('b')])
      const batch = { from: 1n, to: 2n, upserts: upserting([order('c')]), deletes: [] }
      assert.equal(await store.write(first, batch), false)
      assert.deepEqual(await store.advance([{ generation: first, from: 1n, to: 2n }]), [false])
      assert.equal((await store.load(first, ['a', 'c'])).size, 1)
    })

    test('is one step: readers see one generation whole or the next, and no failure', async () => {
      const { store, other, isQueried } = stores()
      const model = newModel()
      const generationOf = (number: number) =>
        Array.from({ length: 30 }, (_, index) => order(`${index}`, { note: `${number}` }))
      await published(store, model, generationOf(1))
      let done = false
      let reads = 0
      const read = async (from: DocumentStore) => {
        while (!done) {
          const query: Query = { where: { userId: 'ann' }, sort: ['createdAt'], limit: 50 }
          if (isQueried) {
            const { documents, total } = await from.find(model, query)
            assert.equal(total, 30)
            assert.equal(new Set(documents.map(({ note }) => note)).size, 1)
          }
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
    const { store, other } = stores()
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
}
