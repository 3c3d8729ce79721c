import { expect, test } from 'vitest'
import { cacheConformance } from './conformance.ts'
import { memoryCache } from './memory.ts'

cacheConformance('memory', async () => ({
  open: () => memoryCache(),
  shared: false,
  [Symbol.asyncDispose]: async () => undefined,
}))

test('the least recently read entries are evicted beyond the limit of bytes', async () => {
  const cache = memoryCache({ bytes: 30_000 })
  const value = Buffer.alloc(10_000)
  await cache.set('a', value, 60_000)
  await cache.set('b', value, 60_000)
  await cache.get('a')
  await cache.set('c', value, 60_000)
  const entries = await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key)))
  expect(entries.map((one) => one !== undefined)).toEqual([true, false, true])
  await cache.set('d', Buffer.alloc(40_000), 60_000)
  expect(await cache.get('d')).toBeUndefined()
  expect(await cache.get('a')).toBeDefined()
})

test('an entry expires to the millisecond', async () => {
  let now = 0
  const cache = memoryCache({ clock: () => now })
  await cache.set('a', Buffer.from('x'), 100)
  now = 99
  expect((await cache.get('a'))?.leftMs).toBe(1)
  now = 100
  expect(await cache.get('a')).toBeUndefined()
})
