import fc from 'fast-check'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fields, projection, type Store } from '#kernel'
import type { Search } from '../search/port.ts'
import type { Engine } from './engine.ts'
import { GenerationMissing, type DocumentStore } from './port.ts'

/** An engine under test, with a store that routes to it. */
export type EngineUnderTest = {
  readonly declared: Exclude<Store, 'postgres'>
  readonly engine: Engine
  readonly store: DocumentStore & Search
  readonly close: () => Promise<void>
}

const Note = Fields({ id: Type.String(), text: Type.String() })
let notes = 0

const note = (id: string, text = id) => ({ id, text })
const notesOf = (...documents: readonly { id: string }[]) =>
  new Map(documents.map((one) => [one.id, one]))

/**
 * Promises of every engine beside PostgreSQL: the position of each document guards it.
 * @param make called once, before the tests
 * @param options.isSkipped whether there is no server to test on
 */
export const guardedWritingConformance = (
  name: string,
  make: () => Promise<EngineUnderTest>,
  { isSkipped = false } = {},
) =>
  describe.skipIf(isSkipped)(`a batch for ${name}`, () => {
    let under: EngineUnderTest
    beforeAll(async () => {
      under = await make()
    })
    afterAll(() => under?.close())

    const begun = async () => {
      const { store, engine, declared } = under
      const model = projection({
        name: `guarded_notes_${(notes += 1)}`,
        store: declared,
        within: 60_000,
        document: Note,
        from: [],
        key: () => undefined,
      }).rules({})
      return { store, engine, model, generation: await store.begin(model) }
    }
    const upTo = (to: bigint, text: string) => ({
      from: 0n,
      to,
      upserts: notesOf(note('a', text)),
      deletes: ['b'],
    })

    test('is written again after a crash between its documents and its position', async () => {
      const { store, engine, generation } = await begun()
      await engine.write(generation, upTo(5n, 'five'))
      expect(await store.position(generation)).toBe(0n)
      expect(await store.write(generation, upTo(5n, 'again'))).toBe(true)
      expect(await store.load(generation, ['a', 'b'])).toEqual(notesOf(note('a', 'five')))
      expect(await store.position(generation)).toBe(5n)
    })

    test('of a process that lost its lease changes nothing, nor brings deleted documents back', async () => {
      const { store, engine, generation } = await begun()
      await store.write(generation, upTo(5n, 'five'))
      const late = {
        from: 0n,
        to: 3n,
        upserts: notesOf(note('a', 'three'), note('b')),
        deletes: [],
      }
      expect(await store.write(generation, late)).toBe(false)
      await engine.write(generation, late)
      expect(await store.load(generation, ['a', 'b'])).toEqual(notesOf(note('a', 'five')))
      expect(await store.scan(generation, { limit: 9 })).toEqual([['a', note('a', 'five')]])
    })

    test('that a retry folded anew replaces documents at the same position', async () => {
      const { store, engine, generation } = await begun()
      await store.write(generation, upTo(5n, 'five'))
      const anew = { from: 5n, to: 5n, upserts: notesOf(note('a', 'anew'), note('b')), deletes: [] }
      expect(await store.write(generation, anew)).toBe(true)
      await engine.write(generation, {
        ...anew,
        from: 4n,
        to: 4n,
        upserts: notesOf(note('b', '4')),
      })
      expect(await store.load(generation, ['a', 'b'])).toEqual(
        notesOf(note('a', 'anew'), note('b')),
      )
    })

    test('written again after any part of it was written is as if nothing had happened, whoever wrote in between', async () => {
      const keys = ['a', 'b', 'c', 'd', 'e'] as const
      const Change = fc.record({
        upserts: fc.uniqueArray(fc.constantFrom(...keys)),
        deletes: fc.uniqueArray(fc.constantFrom(...keys)),
        /** Documents that were written before the crash. */
        cut: fc.nat({ max: 2 * keys.length }),
        /** A batch from before that a process without its lease writes after the crash. */
        stale: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(Change, { minLength: 1, maxLength: 6 }), async (changes) => {
          const { store, engine, generation } = await begun()
          const expected = new Map<string, ReturnType<typeof note>>()
          const batches = changes.map(({ upserts, deletes }, at) => ({
            from: BigInt(at),
            to: BigInt(at + 1),
            upserts: notesOf(...upserts.map((key) => note(key, `${at + 1}`))),
            deletes: deletes.filter((key) => !upserts.includes(key)),
          }))
          for (const [at, batch] of batches.entries()) {
            const { cut, stale } = changes[at]!
            const upserts = new Map([...batch.upserts].slice(0, cut))
            const deletes = batch.deletes.slice(0, Math.max(0, cut - batch.upserts.size))
            await engine.write(generation, { ...batch, upserts, deletes })
            if (stale !== undefined && stale < at) await engine.write(generation, batches[stale]!)
            expect(await store.write(generation, batch)).toBe(true)
            for (const key of batch.deletes) expected.delete(key)
            for (const key of batch.upserts.keys()) expected.set(key, note(key, `${at + 1}`))
          }
          expect(await store.load(generation, keys)).toEqual(expected)
          expect(new Map(await store.scan(generation, { limit: 9 }))).toEqual(expected)
          await store.drop(generation)
        }),
        { numRuns: 15 },
      )
    })

    test('writes positions beyond the safe numbers of JavaScript exactly', async () => {
      const { engine, generation } = await begun()
      const at = (to: bigint) =>
        engine.write(generation, { ...upTo(to, String(to)), from: to - 1n })
      await at(9_007_199_254_740_993n)
      await at(9_007_199_254_740_992n)
      expect((await engine.load(generation, ['a'])).get('a')?.document).toEqual(
        note('a', '9007199254740993'),
      )
      await at(9_007_199_254_740_994n)
      expect((await engine.load(generation, ['a'])).get('a')?.document).toEqual(
        note('a', '9007199254740994'),
      )
    })

    test('creates what was deleted before a sweep, and a sweep leaves all documents', async () => {
      const { store, engine, generation } = await begun()
      const batch = (from: bigint, upserts: readonly string[], deletes: readonly string[]) =>
        store.write(generation, {
          from,
          to: from + 1n,
          upserts: notesOf(...upserts.map((id) => note(id))),
          deletes,
        })
      await batch(0n, ['a', 'b', 'c'], [])
      await batch(1n, [], ['a', 'b'])
      await batch(2n, ['b'], [])
      await engine.sweep(generation, 3n)
      expect([...(await store.load(generation, ['a', 'b', 'c'])).keys()]).toEqual(['b', 'c'])
      await batch(3n, ['a'], ['c'])
      expect((await store.scan(generation, { limit: 9 })).map(([key]) => key)).toEqual(['a', 'b'])
    })

    test('is refused where its generation is not there, and creates none', async () => {
      const { store, engine, model, generation } = await begun()
      await store.publish(generation)
      await engine.drop(generation)
      await expect(store.write(generation, upTo(1n, 'one'))).rejects.toThrow(GenerationMissing)
      await expect(store.get(model, 'a')).rejects.toThrow(GenerationMissing)
      await expect(store.scan(generation, { limit: 1 })).rejects.toThrow(GenerationMissing)
      expect([await store.has(generation), await store.position(generation)]).toEqual([false, 0n])
    })
  })
