import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Counted, StreamIndex } from './port.ts'

/** An index under test; `open` returns the index of one more process on the same store. */
export type IndexUnderTest = {
  readonly open: () => StreamIndex
  readonly close: () => Promise<void>
}

const at = '2030-01-01T12:00:00.000Z'

const slice = (first: bigint, ...streams: readonly string[]): Counted => ({
  events: streams.map((stream, n) => ({ stream, position: first + BigInt(n), at })),
  position: first + BigInt(streams.length) - 1n,
})

/** Conformance suite of the indexes of streams. */
export const streamIndexConformance = (name: string, make: () => Promise<IndexUnderTest>) =>
  describe(`the index of streams in ${name}`, () => {
    let under: IndexUnderTest
    let index: StreamIndex
    beforeAll(async () => {
      under = await make()
      index = under.open()
    })
    afterAll(() => under?.close())

    test('begins empty, counts slice after slice, and lists the counted streams', async () => {
      await index.clear()
      expect(await index.position()).toBe(0n)
      expect(await index.categories()).toStrictEqual([])
      expect(await index.add(0n, slice(1n, 'order-1', 'user-1', 'order-1'))).toBe(true)
      const later = { ...slice(5n, 'order-2', 'order-1'), position: 9_007_199_254_740_993n }
      expect(await index.add(3n, later)).toBe(true)
      expect(await index.position()).toBe(9_007_199_254_740_993n)
      expect(await index.categories()).toStrictEqual([
        { category: 'order', streams: 2, events: 4 },
        { category: 'user', streams: 1, events: 1 },
      ])
      const order1 = {
        stream: 'order-1',
        category: 'order',
        events: 3,
        startedAt: at,
        position: 1n,
      }
      const order2 = { ...order1, stream: 'order-2', events: 1, position: 5n }
      const user1 = { ...order1, stream: 'user-1', category: 'user', events: 1, position: 2n }
      expect(await index.streams()).toStrictEqual([order1, user1, order2])
      expect(await index.streams({ category: 'order' })).toStrictEqual([order1, order2])
      expect(await index.streams({ category: 'order', after: 1n })).toStrictEqual([order2])
      expect(await index.streams({ limit: 1, after: 1n })).toStrictEqual([user1])
      expect(await index.streams({ category: 'nobody' })).toStrictEqual([])
    })

    test('advances over slices without events', async () => {
      await index.clear()
      expect(await index.add(0n, { events: [], position: 12n })).toBe(true)
      expect(await index.position()).toBe(12n)
      expect(await index.streams()).toStrictEqual([])
    })

    test('counts a slice once, whichever processes add it and however often', async () => {
      await index.clear()
      const others = [index, under.open(), under.open(), under.open()]
      const added = slice(1n, 'order-1', 'order-1', 'user-1')
      const counted = await Promise.all(others.map((one) => one.add(0n, added)))
      expect(counted.filter(Boolean).length).toBe(1)
      expect(await index.add(0n, added)).toBe(false)
      expect(await index.add(7n, slice(8n, 'order-9'))).toBe(false)
      expect(await index.categories()).toStrictEqual([
        { category: 'order', streams: 1, events: 2 },
        { category: 'user', streams: 1, events: 1 },
      ])
    })

    test('is cleared for another log', async () => {
      await index.clear()
      await index.add(0n, slice(1n, 'order-1'))
      await index.clear()
      expect(await index.position()).toBe(0n)
      expect(await index.streams()).toStrictEqual([])
    })
  })
