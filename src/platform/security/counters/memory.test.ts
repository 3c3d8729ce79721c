import { expect, test } from 'vitest'
import { countersConformance } from './conformance.ts'
import { memoryCounters } from './memory.ts'

countersConformance('memory', async () => ({
  open: () => memoryCounters(),
  shared: false,
  [Symbol.asyncDispose]: async () => undefined,
}))

test('only so many keys are kept, those that were counted last', async () => {
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

test('keys whose windows have ended make room for others', async () => {
  let now = 0
  const counters = memoryCounters({ clock: () => now, most: 2 })
  await counters.add('long', 3_600_000)
  await counters.add('short', 100)
  now = 60_000
  await counters.add('other', 100)
  expect((await counters.add('long', 3_600_000)).count).toBe(2)
})

test('a window is never longer than it was asked for, whatever a clock with fractions makes of it', async () => {
  const counters = memoryCounters({ clock: () => 421 * 13.37 })
  expect((await counters.add('ada', 60_000)).resetMs).toBe(60_000)
})
