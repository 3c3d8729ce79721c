import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { newModel, order, put, upserting, type Order, type Stores } from './conformance-model.ts'
import type { Generation } from './port.ts'

/** What every store promises of writing batches of several generations at once. */
export const groupedWritingConformance = (stores: () => Stores): void => {
  describe('writing several generations at once', () => {
    const three = async () => {
      const { store } = stores()
      const begun = await Promise.all([1, 2, 3].map(() => store.begin(newModel())))
      for (const generation of begun) await put(store, generation, [order('a'), order('b')])
      return begun as [Generation, Generation, Generation]
    }
    const batch = (
      generation: Generation,
      from: bigint,
      orders: readonly Order[],
      deletes: readonly string[] = [],
    ) => ({ generation, from, to: from + 5n, upserts: upserting(orders), deletes })
    const stand = (generations: readonly Generation[]) =>
      Promise.all(generations.map((generation) => stores().store.position(generation)))
    const idsIn = async (generation: Generation) =>
      [...(await stores().other.load(generation, ['a', 'b', 'c'])).keys()].toSorted()

    test('puts, replaces and deletes documents, and moves each position', async () => {
      const { store, other } = stores()
      const [first, second, third] = await three()
      const changed = order('a', { status: 'CONFIRMED', note: 'é\n\\' })
      const written = await store.writeAll([
        batch(third, 1n, [], ['a', 'z']),
        batch(first, 1n, [changed, order('c')], ['b']),
        batch(second, 1n, []),
      ])
      assert.equal(written, true)
      assert.deepEqual(await stand([first, second, third]), [6n, 6n, 6n])
      assert.deepEqual(await other.load(first, ['a', 'b', 'c']), upserting([changed, order('c')]))
      assert.deepEqual([await idsIn(second), await idsIn(third)], [['a', 'b'], ['b']])
      assert.equal(await store.writeAll([]), true)
    })

    test('writes nothing when one of them stands elsewhere, was retired or dropped', async () => {
      const { store, other } = stores()
      const [first, second, third] = await three()
      const writeAll = (from = 1n) =>
        store.writeAll([
          batch(first, 1n, [order('c')], ['a']),
          batch(second, from, [order('c')]),
          batch(third, 1n, [], ['b']),
        ])
      const untouched = async () => {
        assert.deepEqual(await stand([first, third]), [1n, 1n])
        assert.deepEqual(
          [await idsIn(first), await idsIn(third)],
          [
            ['a', 'b'],
            ['a', 'b'],
          ],
        )
      }
      assert.equal(await writeAll(0n), false)
      assert.deepEqual(await idsIn(second), ['a', 'b'])
      await untouched()
      await other.publish(second)
      const next = await other.begin(second.projection)
      await other.publish(next)
      assert.equal(await writeAll(), false)
      await untouched()
      await other.drop(second)
      assert.equal(await writeAll(), false)
      await untouched()
    })

    test('by several at once, of whom each has some of the others, is done whole or not at all', async () => {
      const { store, other, isTransactional } = stores()
      const begun = await three()
      for (let round = 0; round < 10; round += 1) {
        const at = await stand(begun)
        const write = (by: typeof store, some: readonly number[]) =>
          by.writeAll(
            some.map((nth) =>
              batch(begun[nth]!, at[nth]!, [order('a', { note: `${round} ${some.join()}` })]),
            ),
          )
        const sets = [
          [0, 1],
          [2, 1],
          [2, 0],
        ]
        const done = await Promise.all(
          sets.map((some, index) => write(index % 2 ? store : other, some)),
        )
        const winners = sets.filter((_, index) => done[index])
        assert.equal(winners.length, 1)
        const won = winners[0]!
        assert.deepEqual(
          await stand(begun),
          at.map((from, nth) => (won.includes(nth) ? from + 5n : from)),
        )
        if (!isTransactional) continue
        const notes = await Promise.all(
          begun.map(async (one) => ((await store.load(one, ['a'])).get('a') as Order).note),
        )
        assert.ok(won.every((nth) => notes[nth] === `${round} ${won.join()}`))
        assert.ok(
          notes.every((note, nth) => won.includes(nth) || note !== `${round} ${won.join()}`),
        )
      }
    })
  })
}
