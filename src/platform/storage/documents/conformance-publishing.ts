import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  order,
  published,
  put,
  seenBy,
  upserting,
  type Order,
  type Stores,
} from './conformance-model.ts'
import {
  GenerationDiscarded,
  GenerationMissing,
  type ComparedRange,
  type DocumentStore,
  type Query,
  type RebuildReport,
} from './port.ts'

/** What every store promises of switching from one generation to another. */
export const publishingConformance = (stores: () => Stores): void => {
  describe('publishing', () => {
    test('nothing is found before it', async () => {
      const { store } = stores()
      const model = stores().newModel()
      await put(store, await store.begin(model), [order('a')])
      expect(await store.get(model, 'a')).toBe(undefined)
      const nothing = { documents: [], total: 0 }
      const query: Query = { where: { status: 'PENDING' } }
      expect(stores().isQueried ? await store.find(model, query) : nothing).toStrictEqual(nothing)
      expect(await store.positions([model.name])).toStrictEqual(new Map())
    })

    test('makes a generation answer, in every process, until another one does', async () => {
      const { store, other } = stores()
      const model = stores().newModel()
      const first = await published(store, model, [order('a'), order('b')])
      expect((await seenBy(other, model, stores())).keys).toStrictEqual(['a', 'b'])
      expect(await other.live(model)).toStrictEqual(first)

      const changed = { ...model, version: 2 }
      const second = await other.begin(changed)
      await put(other, second, [order('a', { note: 'new' })])
      await put(store, first, [order('c')])
      expect((await seenBy(other, changed, stores())).keys).toStrictEqual(['a', 'b', 'c'])
      expect(await store.positions([model.name, 'none'])).toStrictEqual(new Map([[model.name, 2n]]))

      await other.publish(second)
      await other.publish(second)
      expect(await store.get(model, 'a')).toStrictEqual(order('a', { note: 'new' }))
      expect((await seenBy(store, model, stores())).keys).toStrictEqual(['a'])
      expect(await store.positions([model.name])).toStrictEqual(new Map([[model.name, 1n]]))
      expect((await store.live(model))?.generation).toBe(2)
      const records = await store.generations(model.name)
      expect(records.map(({ version, status }) => [version, status])).toStrictEqual([
        [1, 'retired'],
        [2, 'live'],
      ])
      expect.assert(records[1]!.publishedAt! >= records[0]!.publishedAt!)
    })

    test('stops whoever still writes to the one before', async () => {
      const { store, other } = stores()
      const model = stores().newModel()
      const first = await published(store, model, [order('a')])
      await published(other, model, [order('b')])
      const batch = { from: 1n, to: 2n, upserts: upserting([order('c')]), deletes: [] }
      expect(await store.write(first, batch)).toBe(false)
      expect(await store.advance([{ generation: first, from: 1n, to: 2n }])).toStrictEqual([false])
      expect((await store.load(first, ['a', 'c'])).size).toBe(1)
    })

    test('is one step: readers see one generation whole or the next, and no failure', async () => {
      const { store, other, isQueried } = stores()
      const model = stores().newModel()
      const generationOf = (number: number) =>
        Array.from({ length: 30 }, (_, index) => order(`${index}`, { note: `${number}` }))
      await published(store, model, generationOf(1))
      let done = false
      let reads = 0
      const read = async (from: DocumentStore) => {
        while (!done) {
          const query: Query = { where: { userId: 'ann' }, sort: ['createdAt'], limit: 50 }
          const documents = isQueried ? (await from.find(model, query)).documents : generationOf(1)
          expect(documents).toHaveLength(30)
          expect(new Set(documents.map(({ note }) => note)).size).toBe(1)
          expect.assert(await from.get(model, '7'))
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
      expect((await other.get(model, '7'))?.note).toBe('6')
      expect((await store.generations(model.name)).length).toBe(1)
    })
  })

  test('generations are compared by count, and the comparison is kept', async () => {
    const { store, other } = stores()
    const model = stores().newModel()
    const live = await published(store, model, [order('a'), order('b'), order('c'), order('d')])
    const next = await store.begin(model)
    const { id, ...fields } = order('a')
    await put(store, next, [{ ...fields, id }, order('b', { note: 'new' }), order('e')])
    const comparison = await store.compare(live, next, { limit: 10 })
    expect(comparison).toStrictEqual({ same: 1, different: 1, onlyOld: 2, onlyNew: 1 })
    await store.saveComparison(next, comparison)
    const [, record] = await other.generations(model.name)
    expect(record!.comparison).toStrictEqual(comparison)
  })

  test('a gate is kept with its generation, with its state, its report and what is requested', async () => {
    const { store, other } = stores()
    const model = stores().newModel()
    const live = await published(store, model, [order('a')])
    const gate = { maxDifferences: 2, ignoredFields: ['note'] }
    const next = await store.begin(model, undefined, gate)
    const seen = async () => {
      const records = await other.generations(model.name)
      const record = records.find(({ generation }) => generation === next.generation)
      return [record?.gate, record?.gateState, record?.comparison, record?.request]
    }
    expect(await seen()).toStrictEqual([gate, undefined, undefined, undefined])
    expect(await other.report(next)).toBeUndefined()
    await store.create(next)
    await store.saveGateState(next, 'comparing')
    expect(await seen()).toStrictEqual([gate, 'comparing', undefined, undefined])
    const counts = { same: 1, different: 1, onlyOld: 1, onlyNew: 0 }
    const sample = { key: 'a', old: null, new: '***' }
    const report: RebuildReport = {
      ...counts,
      at: '2030-01-01T00:00:00.000Z',
      position: '7',
      counted: 2,
      fields: [{ path: 'note', documents: 1, ignored: true, samples: [sample] }],
      furtherFields: 0,
      onlyOldKeys: ['b'],
      onlyNewKeys: [],
    }
    await store.saveGateState(next, 'waiting', report)
    expect(await seen()).toStrictEqual([gate, 'waiting', counts, undefined])
    expect(await other.report(next)).toStrictEqual(report)
    // Compared again: the former report is there until the next one is.
    await other.saveGateState(next, 'comparing')
    expect(await store.report(next)).toStrictEqual(report)
    expect(await other.request(next, 'switch')).toBe(true)
    expect(await seen()).toStrictEqual([gate, 'comparing', counts, 'switch'])

    expect(await store.request(live, 'discard')).toBe(false)
    await store.publish(next)
    expect(await store.request(next, 'discard')).toBe(false)
    await store.saveGateState(next, 'waiting')
    expect(await seen()).toStrictEqual([gate, 'comparing', counts, 'switch'])
    // What may name a person is not kept longer than the decision needs it.
    const fields = report.fields.map((field) => ({ ...field, samples: [] }))
    expect(await other.report(next)).toStrictEqual({ ...report, fields, onlyOldKeys: [] })
    const third = await store.begin(model)
    await store.saveGateState(third, 'waiting', report)
    expect(await store.report(third)).toBeUndefined()
    await store.drop(third)
    expect(await store.request(third, 'switch')).toBe(false)
  })

  test('a generation that an operator has discarded is not published any more', async () => {
    const { store, other } = stores()
    const model = stores().newModel()
    const live = await published(store, model, [order('a')])
    const next = await store.begin(model)
    await put(store, next, [order('b')])
    expect(await other.request(next, 'discard')).toBe(true)
    expect(await store.request(next, 'switch')).toBe(false)
    await expect(store.publish(next)).rejects.toThrow(GenerationDiscarded)
    expect(await other.live(model)).toStrictEqual(live)
    expect((await seenBy(other, model, stores())).keys).toStrictEqual(['a'])
    await put(store, live, [order('c')])
    expect((await seenBy(other, model, stores())).keys).toStrictEqual(['a', 'c'])
  })

  test('generations are compared by ranges of keys, which together are the whole', async () => {
    const { store } = stores()
    const keys = ['B', 'a', 'aa', 'b', 'ä', '文', '\u{ff61}', '\u{1f600}'].slice(
      0,
      stores().comparesCodePoints ? undefined : -1,
    )
    const Documents = fc.uniqueArray(
      fc.record({ key: fc.constantFrom(...keys), note: fc.constantFrom('x', 'y') }),
      { selector: ({ key }) => key },
    )
    const model = stores().newModel()
    const generations = [await store.begin(model), await store.begin(model)] as const
    await fc.assert(
      fc.asyncProperty(
        Documents,
        Documents,
        fc.integer({ min: 1, max: 4 }),
        async (old, next, limit) => {
          for (const [nth, documents] of [old, next].entries())
            await put(
              store,
              generations[nth]!,
              documents.map(({ key, note }) => order(key, { note })),
              keys.filter((one) => documents.every(({ key }) => key !== one)),
            )
          const counts = { same: 0, different: 0, onlyOld: 0, onlyNew: 0 }
          let after: string | undefined
          for (;;) {
            const { end, ...range } = await store.compare(...generations, {
              limit,
              ...(after !== undefined && { after }),
            })
            expect(range.same + range.different + range.onlyOld).toBeLessThanOrEqual(limit)
            expect(range.same + range.different + range.onlyNew).toBeLessThanOrEqual(limit)
            for (const [name, count] of Object.entries(range))
              counts[name as keyof typeof counts] += count
            if (end === undefined) break
            after = end
          }
          const noteOf = new Map(next.map(({ key, note }) => [key, note]))
          const both = old.filter(({ key }) => noteOf.has(key))
          const same = both.filter(({ key, note }) => noteOf.get(key) === note).length
          expect(counts).toStrictEqual({
            same,
            different: both.length - same,
            onlyOld: old.length - both.length,
            onlyNew: next.length - both.length,
          })
        },
      ),
      { numRuns: 12 },
    )
  })

  test('documents that are written between two ranges are compared once, or not at all', async () => {
    const { store } = stores()
    const model = stores().newModel()
    const generations = [await store.begin(model), await store.begin(model)] as const
    const putBoth = async (orders: readonly Order[], deletes: readonly string[] = []) => {
      for (const generation of generations) await put(store, generation, orders, deletes)
    }
    await putBoth(['b', 'd', 'f', 'h'].map((id) => order(id)))
    const first = await store.compare(...generations, { limit: 2 })
    expect(first).toStrictEqual({ same: 2, different: 0, onlyOld: 0, onlyNew: 0, end: 'd' })
    // Created and changed before the end of the range, changed, deleted and created behind it.
    await putBoth([order('a'), order('b', { note: 'new' }), order('f', { note: 'new' })], ['h'])
    await putBoth([order('g'), order('i')])
    const rest: ComparedRange[] = []
    for (let after: string | undefined = first.end; after !== undefined;) {
      const range = await store.compare(...generations, { after, limit: 2 })
      rest.push(range)
      after = range.end
    }
    const { end: _, ...last } = rest.at(-1)!
    expect([rest.length, last]).toStrictEqual([
      2,
      { same: 1, different: 0, onlyOld: 0, onlyNew: 0 },
    ])
    expect(rest[0]).toStrictEqual({ same: 2, different: 0, onlyOld: 0, onlyNew: 0, end: 'g' })
  })

  test('generations are not compared where one is not there', async () => {
    const { store } = stores()
    const model = stores().newModel()
    const live = await published(store, model, [order('a')])
    const gone = await store.begin(model)
    await store.drop(gone)
    for (const [old, next] of [
      [live, gone],
      [gone, live],
    ] as const)
      await expect(store.compare(old, next, { limit: 1 })).rejects.toThrow(GenerationMissing)
  })
}
