import { expect, test } from 'vitest'
import { boundedCache } from './bounded-cache.ts'

test('a bounded cache evicts the entry that was used longest ago', () => {
  const cache = boundedCache<string, number>(2)
  cache.set('one', 1)
  cache.set('two', 2)
  cache.get('one')
  cache.set('three', 3)
  expect(['one', 'two', 'three'].map((key) => cache.get(key))).toEqual([1, undefined, 3])
})

test('a bounded cache of entries with sizes keeps one that is too large alone', () => {
  const cache = boundedCache<string, string>(4, ({ length }) => length)
  const kept = () => ['one', 'two', 'three'].map((key) => cache.get(key))
  cache.set('one', 'a')
  cache.set('two', 'bbb')
  expect(kept()).toEqual(['a', 'bbb', undefined])
  cache.set('three', 'ccccc')
  expect(kept()).toEqual([undefined, undefined, 'ccccc'])
  cache.set('one', 'a')
  expect(kept()).toEqual(['a', undefined, undefined])
})

test('a bounded cache allocates no memory for entries that it does not have', () => {
  const before = process.memoryUsage()
  const caches = Array.from({ length: 100 }, () => boundedCache<string, number>(1_000_000))
  const after = process.memoryUsage()
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
  expect(caches).toHaveLength(100)
  // 100 caches with memory for all of their entries take 2 GB.
  expect(grown).toBeLessThan(100 * 1_000_000)
})
