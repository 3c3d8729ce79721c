import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cache } from './port.ts'

const minute = 60_000

/**
 * What every cache does.
 * @param make `open` gives what one more process would use: where `shared` holds, they keep together
 */
export const cacheConformance = (
  name: string,
  make: () => Promise<AsyncDisposable & { readonly open: () => Cache; readonly shared: boolean }>,
) =>
  describe(`a cache in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made[Symbol.asyncDispose]())

    test('gives back the very bytes that were kept, and tells for how long it will', async () => {
      const cache = made.open()
      for (const value of [Buffer.alloc(0), Buffer.from('ä\n漢\u0000'), randomBytes(100_000)]) {
        const key = randomUUID()
        expect(await cache.get(key)).toBeUndefined()
        await cache.set(key, value, minute)
        const kept = await cache.get(key)
        expect(kept?.value.equals(value)).toBe(true)
        expect(kept?.leftMs).toBeGreaterThan(minute / 2)
        expect(kept?.leftMs).toBeLessThanOrEqual(minute)
      }
    })

    test('keeps the latest only, for as long as that was given', async () => {
      const cache = made.open()
      const key = randomUUID()
      await cache.set(key, Buffer.from('old'), 10 * minute)
      await cache.set(key, Buffer.from('new'), minute)
      const kept = await cache.get(key)
      expect(String(kept?.value)).toBe('new')
      expect(kept?.leftMs).toBeLessThanOrEqual(minute)
    })

    test('forgets what is over, and what is to be kept for no time', async () => {
      const cache = made.open()
      const key = randomUUID()
      await cache.set(key, Buffer.from('short'), 20)
      await expect.poll(() => cache.get(key)).toBeUndefined()
      await cache.set(key, Buffer.from('long'), minute)
      await cache.set(key, Buffer.from('none'), 0)
      expect(await cache.get(key)).toBeUndefined()
    })

    test('does not find what is not good enough, and keeps it for who is content with it', async () => {
      const cache = made.open()
      const key = randomUUID()
      await cache.set(key, Buffer.from('1'), minute)
      expect(await cache.get(key, ({ value }) => String(value) === '2')).toBeUndefined()
      expect(await cache.get(key, ({ leftMs }) => leftMs > 2 * minute)).toBeUndefined()
      expect(String((await cache.get(key, ({ value }) => String(value) === '1'))?.value)).toBe('1')
    })

    test('takes any text for a key', async () => {
      const cache = made.open()
      const keys = ['', 'a:b{c}*', 'ä\n漢\u0000', '__proto__', 'x'.repeat(10_000)].map(
        (text) => randomUUID() + text,
      )
      for (const key of keys) await cache.set(key, Buffer.from(key), minute)
      for (const key of keys) expect(String((await cache.get(key))?.value)).toBe(key)
    })

    test('is shared between processes, where it is', async () => {
      const [here, there] = [made.open(), made.open()]
      const key = randomUUID()
      await here.set(key, Buffer.from('mine'), minute)
      const found = (await there.get(key))?.value
      expect(found && String(found)).toBe(made.shared ? 'mine' : undefined)
    })
  })
