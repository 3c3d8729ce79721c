import { expect, test } from 'vitest'
import { countersConformance } from './conformance.ts'
import { memoryCounters } from './memory.ts'

countersConformance('memory', async () => ({
  open: () => memoryCounters(),
  shared: false,
  [Symbol.asyncDispose]: async () => undefined,
}))

test('the key that was counted longest ago is evicted beyond the limit', async () => {
  const counters = memoryCounters({ most: 2 })
  for (const key of ['a', 'b', 'a', 'c']) await counters.add(key, 60_000)
  expect((await counters.add('a', 60_000)).count).toBe(3)
  expect((await counters.add('b', 60_000)).count).toBe(1)
})

test('a window ends to the millisecond', async () => {
  let now = 0
  const counters = memoryCounters({ clock: () => now })
  await counters.add('a', 100)
  now = 99
  expect(await counters.add('a', 100)).toEqual({ count: 2, resetMs: 1 })
  now = 100
  expect(await counters.add('a', 100)).toEqual({ count: 1, resetMs: 100 })
})

test('keys whose windows have ended are removed before others are evicted', async () => {
  let now = 0
  const counters = memoryCounters({ clock: () => now, most: 2 })
  await counters.add('long', 3_600_000)
  await counters.add('short', 100)
  now = 60_000
  await counters.add('other', 100)
  expect((await counters.add('long', 3_600_000)).count).toBe(2)
})

test('a window is never longer than requested, also by a clock with fractions of a ms', async () => {
  const counters = memoryCounters({ clock: () => 421 * 13.37 })
  expect((await counters.add('ada', 60_000)).resetMs).toBe(60_000)
})
