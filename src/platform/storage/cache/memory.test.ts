import { expect, test } from 'vitest'
import { cacheConformance } from './conformance.ts'
import { memoryCache } from './memory.ts'

cacheConformance('memory', async () => ({
  open: () => memoryCache(),
  shared: false,
  [Symbol.asyncDispose]: async () => undefined,
}))

test('only so many bytes are kept, those that were asked for last', async () => {
  const cache = memoryCache({ bytes: 30_000 })
  const value = Buffer.alloc(10_000)
  await cache.set('a', value, 60_000)
  await cache.set('b', value, 60_000)
  await cache.get('a')
  await cache.set('c', value, 60_000)
  const kept = await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key)))
  expect(kept.map((one) => one !== undefined)).toEqual([true, false, true])
  await cache.set('d', Buffer.alloc(40_000), 60_000)
  expect(await cache.get('d')).toBeUndefined()
  expect(await cache.get('a')).toBeDefined()
})

test('what is kept ends to the millisecond', async () => {
  let now = 0
  const cache = memoryCache({ clock: () => now })
  await cache.set('a', Buffer.from('x'), 100)
  now = 99
  expect((await cache.get('a'))?.leftMs).toBe(1)
  now = 100
  expect(await cache.get('a')).toBeUndefined()
})
