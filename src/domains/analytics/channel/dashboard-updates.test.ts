import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { EventFeed } from '../../../serving/event-feed.ts'
import { dashboardUpdates } from './dashboard-updates.ts'

/** A feed without events, whose head moves. */
const emptyFeed = () => {
  let head = 0n
  const moved = new Set<() => void>()
  const feed: EventFeed = {
    head: () => head,
    next: async (after, { signal }) => {
      while (head <= after && !signal.aborted)
        await new Promise<void>((resolve) => {
          moved.add(resolve)
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      signal.throwIfAborted()
      return { events: [], position: head, caughtUp: true }
    },
  }
  return {
    feed,
    move: () => {
      head += 1n
      for (const resolve of moved) resolve()
      moved.clear()
    },
  }
}

/** Updates with a clock of their own, whose waits end by hand. */
const opened = () => {
  const { feed, move } = emptyFeed()
  const waits: { readonly ms: number; readonly end: () => void }[] = []
  const asked: (bigint | undefined)[] = []
  const stop = new AbortController()
  const updates = dashboardUpdates(
    {
      feed,
      readModels: {
        find: async (_, __, minPosition) => {
          asked.push(minPosition)
          return { documents: [], total: 0, position: minPosition ?? 0n }
        },
      },
      clock: () => new Date('2030-01-31T12:00:00Z'),
      logger: { warn: (details) => expect(details).toBeUndefined() },
    },
    stop.signal,
    (ms) => new Promise<void>((end) => waits.push({ ms, end })),
  )
  return { updates, move, waits, asked, stop }
}

/** A listener that counts. */
const listener = () => {
  const days: string[] = []
  const left = new AbortController()
  return { days, left, tell: ({ from }: { readonly from: string }) => void days.push(from) }
}

test('figures go to a listener at once, then after events, at most once in a wait of a second', async () => {
  const { updates, move, waits, asked, stop } = opened()
  const one = listener()
  updates.listen(one.tell, one.left.signal)
  await expect.poll(() => one.days).toEqual(['2030-01-31T00:00:00.000Z'])
  for (let n = 0; n < 50; n += 1) {
    move()
    await turn()
  }
  await expect.poll(() => waits.length).toBe(1)
  expect(waits[0]?.ms).toBeGreaterThanOrEqual(1_000)
  expect(one.days).toHaveLength(2)
  waits[0]?.end()
  await expect.poll(() => waits.length).toBe(2)
  expect(one.days).toHaveLength(3)
  // It includes all that was recorded while it waited.
  expect(asked.at(-1)).toBe(50n)
  stop.abort()
})

test('figures are computed once for fifty listeners at once, and not without any', async () => {
  const { updates, move, waits, asked, stop } = opened()
  const alone = opened()
  const one = listener()
  alone.updates.listen(one.tell, one.left.signal)
  await expect.poll(() => one.days.length).toBe(1)
  const each = alone.asked.length
  alone.stop.abort()
  const many = Array.from({ length: 50 }, listener)
  for (const { tell, left } of many) updates.listen(tell, left.signal)
  await expect.poll(() => many.every(({ days }) => days.length === 1)).toBe(true)
  expect(asked.length).toBe(each)
  // A newcomer gets the last figures.
  const late = listener()
  updates.listen(late.tell, late.left.signal)
  expect([late.days.length, asked.length]).toEqual([1, each])
  move()
  await expect.poll(() => waits.length).toBe(1)
  expect(many.every(({ days }) => days.length === 2)).toBe(true)
  expect([late.days.length, asked.length]).toEqual([2, 2 * each])
  for (const { left } of [...many, late]) left.abort()
  waits[0]?.end()
  move()
  for (let n = 0; n < 20; n += 1) await turn()
  expect(asked.length).toBe(2 * each)
  stop.abort()
})

test('what an update includes is not sent again', async () => {
  const { updates, move, waits, asked, stop } = opened()
  const one = listener()
  updates.listen(one.tell, one.left.signal)
  await expect.poll(() => one.days.length).toBe(1)
  const each = asked.length
  move()
  // Recorded after the feed woke, before the figures are computed.
  move()
  await expect.poll(() => waits.length).toBe(1)
  expect(asked.at(-1)).toBe(2n)
  waits[0]?.end()
  for (let n = 0; n < 20; n += 1) await turn()
  expect([waits.length, asked.length]).toEqual([1, 2 * each])
  stop.abort()
})
