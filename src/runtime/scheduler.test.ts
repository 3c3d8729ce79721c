import { afterEach, expect, test, vi } from 'vitest'
import { recorded } from '#kernel/testing'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { bell } from '../platform/bell.ts'
import { feedReaders } from './feed-readers.ts'
import { recentEvents } from './recent-events.ts'
import { schedule, type Idle } from './scheduler.ts'

afterEach(() => vi.useRealTimers())

/** A feed of events that a test records. */
const recordedFeed = () => {
  const recent = recentEvents(0n, 1_000, '2030-01-01T00:00:00.000Z')
  const log = { readAll: () => expect.unreachable('All events are in memory') }
  const readers = feedReaders(recent, log, bell())
  return {
    read: readers.open,
    head: recent.to,
    record: (type: string): void => {
      const before = recent.to()
      const position = before + 1n
      const events = [recorded('dust-1', { type, data: {} }, { position })]
      recent.add({ events, position })
      readers.notify(events, before)
    },
  }
}

/** A feed without events. */
const feed = recordedFeed()

test('a chore is run periodically, by one process at a time, also after failures', async () => {
  const leases = memoryLeases()
  const errors: unknown[] = []
  const done: string[] = []
  const start = (who: string) => {
    const stop = new AbortController()
    const chore = {
      name: 'sweep',
      every: 1,
      run: async () => {
        done.push(who)
        if (done.length === 2) throw new Error('the broom broke')
      },
    }
    const over = schedule(chore, stop.signal, { leases, feed, onError: (e) => errors.push(e) })
    return { stop: () => stop.abort(), over }
  }
  const [first, second] = [start('first'), start('second')]
  await expect.poll(() => done.length).toBeGreaterThan(3)
  expect(errors).toEqual([new Error('the broom broke')])
  first.stop()
  await first.over
  expect(done).not.toContain('second')
  await expect.poll(() => done.includes('second')).toBe(true)
  second.stop()
  await second.over
})

test('a chore pauses from the loss of its lease until it is acquired again', async () => {
  const stop = new AbortController()
  const lost = new AbortController()
  const again = Promise.withResolvers<void>()
  const done: number[] = []
  let asked = 0
  const leases: Pick<Leases, 'acquire'> = {
    acquire: async () => {
      asked++
      if (asked > 1) await again.promise
      const held = asked > 1 ? new AbortController() : lost
      return {
        lost: held.signal,
        isHeld: () => !held.signal.aborted,
        release: async () => undefined,
      }
    },
  }
  const chore = { name: 'sweep', every: 1, run: async () => void done.push(asked) }
  const over = schedule(chore, stop.signal, { leases, feed, onError: () => undefined })
  await expect.poll(() => done.length).toBeGreaterThan(0)
  lost.abort()
  await expect.poll(() => asked).toBe(2)
  expect(done).not.toContain(2)
  again.resolve()
  await expect.poll(() => done).toContain(2)
  stop.abort()
  await over
})

/** Starts a chore whose runs give `result`; counts them, on a clock that `pass` moves. */
const startIdle = (
  result: () => Promise<Idle | void> | Idle | void,
  onError: (error: unknown) => unknown = (error) => expect.unreachable(String(error)),
) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const { record, ...feed } = recordedFeed()
  const stop = new AbortController()
  let runs = 0
  const run = async () => {
    runs += 1
    return result()
  }
  const chore = { name: 'sweep', every: 1_000, types: ['DustFell', 'DustRose'], run }
  const over = schedule(chore, stop.signal, { leases: memoryLeases(), feed, onError })
  return {
    /** Moves the clock, in ms. @returns how often the chore ran meanwhile */
    pass: async (ms: number): Promise<number> => {
      const before = runs
      await vi.advanceTimersByTimeAsync(ms)
      return runs - before
    },
    record,
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await over
    },
  }
}

test('an idle chore runs when the next thing is due', async () => {
  await using chore = startIdle(() => ({ dueIn: async () => 8_000 }))
  await chore.pass(20_000)
  expect(await chore.pass(80_000)).toBe(10)
})

test('an idle chore that waits for events runs seldom, and at its interval after one of its types', async () => {
  await using chore = startIdle(() => ({ dueIn: async () => Infinity }))
  await chore.pass(60_000)
  expect(await chore.pass(150_000)).toBe(10)
  chore.record('DustRose')
  expect(await chore.pass(5_500)).toBe(5)
})

test('events of other types are no work of an idle chore', async () => {
  await using chore = startIdle(() => ({ dueIn: async () => Infinity }))
  await chore.pass(60_000)
  for (let nth = 0; nth < 150; nth += 1) {
    chore.record('MoonRose')
    await chore.pass(1_000)
  }
  chore.record('DustFell')
  expect(await chore.pass(3_500)).toBe(3)
})

test('a chore that found work runs at its interval', async () => {
  await using chore = startIdle(() => undefined)
  await chore.pass(20_000)
  expect(await chore.pass(10_000)).toBe(10)
})

test('a chore that found nothing may run earlier than the next thing is due, but not in less than its interval', async () => {
  await using chore = startIdle(() => ({ dueIn: async () => 10 }))
  await chore.pass(20_000)
  expect(await chore.pass(10_000)).toBe(10)
})

test('a chore is not idle where it looked shortly after an event, however long that took', async () => {
  const looked = Promise.withResolvers<void>()
  let isSlow = false
  await using chore = startIdle(async () => {
    if (isSlow) await looked.promise
    isSlow = false
    return { dueIn: async () => Infinity }
  })
  await chore.pass(20_000)
  isSlow = true
  chore.record('DustFell')
  await chore.pass(7_000)
  looked.resolve()
  expect(await chore.pass(1_500)).toBe(1)
})

test('a chore that fails, or does not know what is due, runs at its interval, whatever is done with the error', async () => {
  for (const broken of [
    () => Promise.reject(new Error('the broom broke')),
    () => ({ dueIn: () => Promise.reject(new Error('the broom broke')) }),
  ]) {
    const errors: unknown[] = []
    await using chore = startIdle(broken, (error) => errors.push(error))
    await chore.pass(20_000)
    expect(await chore.pass(10_000)).toBe(10)
    expect(errors.length).toBeGreaterThan(9)
  }
})
