import { describe, expect, test } from 'vitest'
import { order, published, put, upserting, type Stores } from './conformance-model.ts'
import { PartMoved, type Generation, type PartRecord } from './port.ts'

/** What every store promises of generations that are divided into parts. */
export const partsConformance = (stores: () => Stores): void => {
  describe('parts', () => {
    const begun = async (into = 2) => {
      const { store, other } = stores()
      const generation = await published(store, stores().newModel(), [order('a')])
      expect(await store.split(generation, into)).toBe(true)
      const of = (part: PartRecord): Generation => ({ ...generation, part })
      const all = async () => (await other.parts(generation)).map(of)
      return { store, other, generation, all, of, name: generation.projection.name }
    }
    const writing = (from: bigint, to: bigint, ...ids: readonly string[]) => ({
      from,
      to,
      upserts: upserting(ids.map((id) => order(id))),
      deletes: [],
    })

    test('begin where the generation stands, and each moves by itself; readers have reached the least', async () => {
      const { store, other, generation, all, name } = await begun()
      expect(await store.split(generation, 3)).toBe(false)
      const [first, second] = await all()
      expect(first!.part).toMatchObject({ part: 0, of: 2, position: 1n, isHeld: false })
      expect(await store.write(first!, writing(1n, 5n, 'b'))).toBe(true)
      expect(await other.write(first!, writing(1n, 5n, 'c'))).toBe(false)
      expect(await other.position(first!)).toBe(5n)
      expect(await other.position(generation)).toBe(1n)
      expect(await other.advance([{ generation: second!, from: 1n, to: 7n }])).toEqual([true])
      expect(await other.advance([{ generation: second!, from: 1n, to: 7n }])).toEqual([false])
      expect(await store.positions([name])).toEqual(new Map([[name, 5n]]))
      expect((await store.generations(name))[0]).toMatchObject({ position: 5n, parts: 2 })
      expect([...(await other.load(generation, ['a', 'b', 'c'])).keys()]).toEqual(['a', 'b'])
    })

    test('can be written by their runners only', async () => {
      const { store, generation } = await begun()
      expect(await store.write(generation, writing(1n, 2n, 'b'))).toBe(false)
      expect(await store.write(generation, writing(0n, 2n, 'b'))).toBe(false)
      expect(await store.writeAll([{ ...writing(1n, 2n, 'b'), generation }])).toBe(false)
      expect(await store.advance([{ generation, from: 1n, to: 2n }])).toEqual([false])
      expect(await store.load(generation, ['b'])).toEqual(new Map())
    })

    test('that are held can be written by the holder alone, and are joined where all have come', async () => {
      const { store, other, generation, all, of, name } = await begun()
      const [before] = await all()
      const [first, second] = (await store.hold(generation)).map(of)
      expect(first!.part).toMatchObject({ isHeld: true })
      expect(await other.write(before!, writing(1n, 3n, 'b'))).toBe(false)
      await expect(other.position(before!)).rejects.toThrow(PartMoved)
      const { epoch } = first!.part!
      expect(await store.write(first!, writing(1n, 3n, 'b'))).toBe(true)
      expect(await store.join(generation, epoch)).toBe(false)
      expect(await store.advance([{ generation: second!, from: 1n, to: 3n }])).toEqual([true])
      expect(await store.join(generation, before!.part!.epoch)).toBe(false)
      expect(await store.join(generation, epoch)).toBe(true)
      expect(await store.join(generation, epoch)).toBe(false)
      expect(await other.parts(generation)).toEqual([])
      expect(await other.position(generation)).toBe(3n)
      expect(await other.write(first!, writing(3n, 4n, 'c'))).toBe(false)
      await put(store, generation, [order('d')])
      expect((await store.generations(name))[0]!.parts).toBeUndefined()
    })

    test('that were held go on where they stood, with another epoch', async () => {
      const { store, generation, all, of } = await begun()
      const [held] = (await store.hold(generation)).map(of)
      await store.release(generation)
      const [first] = await all()
      expect(first!.part).toMatchObject({ isHeld: false, position: 1n })
      expect(await store.write(held!, writing(1n, 2n, 'b'))).toBe(false)
      expect(await store.write(first!, writing(1n, 2n, 'b'))).toBe(true)
      await store.release(generation)
      expect((await all())[0]!.part!.epoch).toBe(first!.part!.epoch)
    })

    test('end with their generation: another one is published', async () => {
      const { store, generation, all, name } = await begun()
      const [first] = await all()
      expect(await store.write(first!, writing(1n, 4n, 'b'))).toBe(true)
      const next = await store.begin(generation.projection)
      expect(await store.split(next, 2)).toBe(false)
      await store.publish(next)
      expect(await store.write(first!, writing(4n, 5n, 'c'))).toBe(false)
      expect(await store.parts(generation)).toEqual([])
      expect((await store.generations(name))[0]).toMatchObject({ status: 'retired', position: 1n })
      expect(await store.split(generation, 2)).toBe(false)
    })
  })
}
