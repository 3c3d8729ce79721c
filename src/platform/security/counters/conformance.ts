import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Counters } from './port.ts'

/**
 * Conformance suite of the counters.
 * @param make `open` returns the counters of one more process; with `shared`, all of them count together
 */
export const countersConformance = (
  name: string,
  make: () => Promise<
    AsyncDisposable & { readonly open: () => Counters; readonly shared: boolean }
  >,
) =>
  describe(`counters in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made[Symbol.asyncDispose]())

    test('count each key from one, and return the end of the window', async () => {
      const counters = made.open()
      const [key, other] = [randomUUID(), randomUUID()]
      const first = await counters.add(key, 60_000)
      expect(first.count).toBe(1)
      expect(first.resetMs).toBeGreaterThan(50_000)
      expect(first.resetMs).toBeLessThanOrEqual(60_000)
      // A window that has begun keeps its length.
      const second = await counters.add(key, 3_600_000)
      expect(second.count).toBe(2)
      expect(second.resetMs).toBeLessThanOrEqual(first.resetMs)
      expect((await counters.add(other, 1_000)).count).toBe(1)
    })

    test('count each of many concurrent calls', async () => {
      const counters = made.open()
      const key = randomUUID()
      const all = await Promise.all(Array.from({ length: 50 }, () => counters.add(key, 60_000)))
      expect(all.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      )
    })

    test('start from one when the window has ended', async () => {
      const counters = made.open()
      const key = randomUUID()
      await counters.add(key, 50)
      await expect.poll(async () => (await counters.add(key, 50)).count, { interval: 60 }).toBe(1)
    })

    test('start from one after a key was cleared; clearing an unknown key is no error', async () => {
      const counters = made.open()
      const key = randomUUID()
      await counters.add(key, 60_000)
      await counters.clear(key)
      await counters.clear(randomUUID())
      expect((await counters.add(key, 60_000)).count).toBe(1)
    })

    test('accept any text as a key', async () => {
      const counters = made.open()
      const keys = ['', 'a:b{c}*', 'ä\n漢', 'x'.repeat(1_000)].map((text) => randomUUID() + text)
      for (const key of keys) expect((await counters.add(key, 60_000)).count).toBe(1)
    })

    test('are shared between processes, or local to one, as declared', async () => {
      const [here, there] = [made.open(), made.open()]
      const key = randomUUID()
      await here.add(key, 60_000)
      expect((await there.add(key, 60_000)).count).toBe(made.shared ? 2 : 1)
      await there.clear(key)
      expect((await here.add(key, 60_000)).count).toBe(made.shared ? 1 : 2)
    })
  })
