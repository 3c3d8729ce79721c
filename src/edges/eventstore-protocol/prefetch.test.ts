import { expect, test } from 'vitest'
import { prefetch } from './prefetch.ts'

/** Numbers that count what was fetched, and record when the iterator was closed. */
const numbers = (until: number, wait?: Promise<void>) => {
  const seen = { fetched: 0, closed: false }
  const items = (async function* () {
    try {
      for (; seen.fetched < until;) {
        seen.fetched += 1
        yield seen.fetched
      }
      await wait
    } finally {
      seen.closed = true
    }
  })()
  return { items, seen }
}

test('items are returned in order, one fetched ahead', async () => {
  const { items, seen } = numbers(5)
  const got: number[] = []
  for await (const item of prefetch(items)) {
    got.push(item)
    await Promise.resolve()
    expect(seen.fetched).toBe(Math.min(item + 1, 5))
  }
  expect(got).toEqual([1, 2, 3, 4, 5])
})

test('an error is thrown in its place in the order', async () => {
  const items = (async function* () {
    yield 1
    throw new Error('unavailable')
  })()
  const got: number[] = []
  const all = async () => {
    for await (const item of prefetch(items)) got.push(item)
  }
  await expect(all()).rejects.toThrow('unavailable')
  expect(got).toEqual([1])
})

test('stopping early closes the iterator without waiting for the pending item', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { items, seen } = numbers(1, promise)
  for await (const _ of prefetch(items)) break
  expect(seen.closed).toBe(false)
  resolve()
  await expect.poll(() => seen.closed).toBe(true)
})
