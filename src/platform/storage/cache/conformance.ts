import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cache } from './port.ts'

const minute = 60_000

/**
 * Conformance suite of the caches.
 * @param make `open` returns the cache of one more process; with `shared`, all of them have the same entries
 */
export const cacheConformance = (
  name: string,
  make: () => Promise<AsyncDisposable & { readonly open: () => Cache; readonly shared: boolean }>,
) =>
  describe(`a cache in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made[Symbol.asyncDispose]())

    test('returns the same bytes, and their remaining time to live', async () => {
      const cache = made.open()
      for (const value of [Buffer.alloc(0), Buffer.from('ä\n漢\u0000'), randomBytes(100_000)]) {
        const key = randomUUID()
        expect(await cache.get(key)).toBeUndefined()
        await cache.set(key, value, minute)
        const entry = await cache.get(key)
        expect(entry?.value.equals(value)).toBe(true)
        expect(entry?.leftMs).toBeGreaterThan(minute / 2)
        expect(entry?.leftMs).toBeLessThanOrEqual(minute)
      }
    })

    test('replaces an entry and its time to live', async () => {
      const cache = made.open()
      const key = randomUUID()
      await cache.set(key, Buffer.from('old'), 10 * minute)
      await cache.set(key, Buffer.from('new'), minute)
      const entry = await cache.get(key)
      expect(String(entry?.value)).toBe('new')
      expect(entry?.leftMs).toBeLessThanOrEqual(minute)
    })

    test('removes expired entries, and an entry that is set without time to live', async () => {
      const cache = made.open()
      const key = randomUUID()
      await cache.set(key, Buffer.from('short'), 20)
      await expect.poll(() => cache.get(key)).toBeUndefined()
      await cache.set(key, Buffer.from('long'), minute)
      await cache.set(key, Buffer.from('none'), 0)
      expect(await cache.get(key)).toBeUndefined()
    })

    test('returns no entry that the caller rejects, and keeps it for other callers', async () => {
      const cache = made.open()
      const key = randomUUID()
      await cache.set(key, Buffer.from('1'), minute)
      expect(await cache.get(key, ({ value }) => String(value) === '2')).toBeUndefined()
      expect(await cache.get(key, ({ leftMs }) => leftMs > 2 * minute)).toBeUndefined()
      expect(String((await cache.get(key, ({ value }) => String(value) === '1'))?.value)).toBe('1')
    })

    test('accepts any text as a key', async () => {
      const cache = made.open()
      const keys = ['', 'a:b{c}*', 'ä\n漢\u0000', '__proto__', 'x'.repeat(10_000)].map(
        (text) => randomUUID() + text,
      )
      for (const key of keys) await cache.set(key, Buffer.from(key), minute)
      for (const key of keys) expect(String((await cache.get(key))?.value)).toBe(key)
    })

    test('is shared between processes, or local to one, as declared', async () => {
      const [here, there] = [made.open(), made.open()]
      const key = randomUUID()
      await here.set(key, Buffer.from('mine'), minute)
      const found = (await there.get(key))?.value
      expect(found && String(found)).toBe(made.shared ? 'mine' : undefined)
    })
  })
