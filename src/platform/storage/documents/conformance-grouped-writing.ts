import { describe, expect, test } from 'vitest'
import { order, put, upserting, type Order, type Stores } from './conformance-model.ts'
import type { Generation } from './port.ts'

/** What every store promises of writing batches of several generations at once. */
export const groupedWritingConformance = (stores: () => Stores): void => {
  describe('writing several generations at once', () => {
    const three = async () => {
      const { store } = stores()
      const begun = await Promise.all([1, 2, 3].map(() => store.begin(stores().newModel())))
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
      expect(written).toBe(true)
      expect(await stand([first, second, third])).toStrictEqual([6n, 6n, 6n])
      expect(await other.load(first, ['a', 'b', 'c'])).toStrictEqual(
        upserting([changed, order('c')]),
      )
      expect([await idsIn(second), await idsIn(third)]).toStrictEqual([['a', 'b'], ['b']])
      expect(await store.writeAll([])).toBe(true)
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
        expect(await stand([first, third])).toStrictEqual([1n, 1n])
        expect([await idsIn(first), await idsIn(third)]).toStrictEqual([
          ['a', 'b'],
          ['a', 'b'],
        ])
      }
      expect(await writeAll(0n)).toBe(false)
      expect(await idsIn(second)).toStrictEqual(['a', 'b'])
      await untouched()
      await other.publish(second)
      const next = await other.begin(second.projection)
      await other.publish(next)
      expect(await writeAll()).toBe(false)
      await untouched()
      await other.drop(second)
      expect(await writeAll()).toBe(false)
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
        expect(winners.length).toBe(1)
        const won = winners[0]!
        expect(await stand(begun)).toStrictEqual(
          at.map((from, nth) => (won.includes(nth) ? from + 5n : from)),
        )
        if (!isTransactional) continue
        const notes = await Promise.all(
          begun.map(async (one) => ((await store.load(one, ['a'])).get('a') as Order).note),
        )
        expect.assert(won.every((nth) => notes[nth] === `${round} ${won.join()}`))
        expect.assert(
          notes.every((note, nth) => won.includes(nth) || note !== `${round} ${won.join()}`),
        )
      }
    })
  })
}
