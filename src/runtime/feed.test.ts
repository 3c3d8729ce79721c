import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { openFeed } from './feed.ts'

const event = (type: string) => ({ eventId: randomUUID(), type, data: {}, metadata: someMetadata })
const add = (log: EventLog, count: number, type = 'Something') =>
  log.append(
    `thing-${randomUUID()}`,
    'none',
    Array.from({ length: count }, () => event(type)),
  )

/** A log that counts how often it is read. */
const counting = () => {
  const log = memoryEventLog()
  const counts = { readAll: 0 }
  const readAll: EventLog['readAll'] = (range) => {
    counts.readAll += 1
    return log.readAll(range)
  }
  return { log: { ...log, readAll }, counts }
}
const never = new AbortController().signal

test('followers at the head share one reader', async () => {
  const { log, counts } = counting()
  await add(log, 5)
  const feed = await openFeed(log)
  const followers = Array.from({ length: 8 }, async () => {
    let seen = 0
    let position = 5n
    while (seen < 30) {
      const slice = await feed.next(position, { signal: never, limit: 7 })
      ;({ position } = slice)
      seen += slice.events.length
    }
    return seen
  })
  for (let n = 0; n < 10; n++) await add(log, 3)
  expect(await Promise.all(followers)).toStrictEqual(Array(8).fill(30))
  expect(counts.readAll).toBe(0)
  await feed.close()
})

test('a follower that lags reads the log itself, and misses nothing until the head', async () => {
  const { log, counts } = counting()
  await add(log, 2_500)
  const feed = await openFeed(log)
  await add(log, 10)
  await expect.poll(() => feed.head()).toBe(2_510n)
  const seen: bigint[] = []
  for (let position = 0n; position < 2_510n;) {
    const slice = await feed.next(position, { signal: never })
    seen.push(...slice.events.map((event) => event.position))
    ;({ position } = slice)
  }
  expect(seen).toStrictEqual(Array.from({ length: 2_510 }, (_, n) => BigInt(n + 1)))
  expect.assert(counts.readAll > 0)
  await feed.close()
})

test('a follower that falls behind the cached events reads the log itself again', async () => {
  const log = memoryEventLog()
  const feed = await openFeed(log)
  for (let n = 0; n < 10; n++) {
    await add(log, 1_000)
    await expect.poll(() => feed.head()).toBe(BigInt(n + 1) * 1_000n)
  }
  let seen = 0
  for (let position = 0n; position < 10_000n;) {
    const slice = await feed.next(position, { signal: never })
    seen += slice.events.length
    ;({ position } = slice)
  }
  expect(seen).toBe(10_000)
  await feed.close()
})

test('a follower that lags reads only the types that it names', async () => {
  const log = memoryEventLog()
  await add(log, 50, 'Noise')
  await add(log, 2, 'Signal')
  await add(log, 50, 'Noise')
  const feed = await openFeed(log)
  const slice = await feed.next(0n, { signal: never, types: ['Signal'] })
  expect([slice.events.length, slice.position]).toStrictEqual([2, 102n])
  await feed.close()
})

test('the feed goes on after an event that could not be read at first', async () => {
  const log = memoryEventLog()
  let flawed = true
  const subscribe: EventLog['subscribe'] = async function* (...args) {
    for await (const slice of log.subscribe(...args)) {
      if (flawed && slice.events.length > 0) throw new Error('an event of no known shape')
      yield slice
    }
  }
  const errors: unknown[] = []
  const feed = await openFeed({ ...log, subscribe }, { onError: (error) => errors.push(error) })
  await add(log, 3)
  await expect.poll(() => errors.length).toBeGreaterThan(0)
  flawed = false
  const slice = await feed.next(0n, { signal: never })
  expect([slice.events.length, slice.position]).toStrictEqual([3, 3n])
  await feed.close()
})

test('a wait ends when its signal is aborted', async () => {
  const feed = await openFeed(memoryEventLog())
  const stop = new AbortController()
  const waiting = feed.next(0n, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow(/enough/)
  await feed.close()
})

test('the cached events can be replaced, as after an erasure', async () => {
  const log = memoryEventLog()
  const feed = await openFeed(log)
  await add(log, 2, 'Said')
  await expect.poll(() => feed.head()).toBe(2n)
  feed.replace((event) => ({ ...event, data: 'forgotten' }))
  const { events } = await feed.next(0n, { signal: never })
  expect(events.map(({ data }) => data)).toEqual(['forgotten', 'forgotten'])
  await feed.close()
})

test('a reader is woken for types that it reads, gets the events that came with them, and skips all before', async () => {
  const log = memoryEventLog()
  await add(log, 3, 'Noise')
  const feed = await openFeed(log)
  let woken = 0
  const reader = feed.read(1n, { types: ['Signal'], onPending: () => (woken += 1) })
  await add(log, 2, 'Noise')
  await expect.poll(() => feed.head()).toBe(5n)
  // Not all events after its position are in memory: it has to read.
  expect([reader.isPending(), reader.position(), woken]).toStrictEqual([true, 1n, 0])
  reader.moveTo((await reader.next({ signal: never })).position)
  expect([reader.isPending(), reader.position()]).toStrictEqual([false, 5n])
  for (let nth = 0; nth < 10; nth += 1) await add(log, 1_000, 'Noise')
  await expect.poll(() => reader.position()).toBe(10_005n)
  expect(woken).toBe(0)
  const waiting = reader.next({ signal: never })
  await add(log, 2, 'Signal')
  const slice = await waiting
  expect([slice.events.length, slice.position, woken]).toStrictEqual([2, 10_007n, 1])
  expect(reader.position()).toBe(10_005n)
  reader.moveTo(slice.position)
  reader.close()
  await add(log, 1, 'Signal')
  await expect.poll(() => feed.head()).toBe(10_008n)
  expect(reader.position()).toBe(10_007n)
  await feed.close()
})

test('a reader up to a position gets an empty slice once everything before it was skipped', async () => {
  const log = memoryEventLog()
  const feed = await openFeed(log)
  await add(log, 2, 'Noise')
  await expect.poll(() => feed.head()).toBe(2n)
  const options = { signal: never, types: ['Signal'] }
  const slice = await feed.next(0n, { ...options, until: 2n })
  expect([slice.events, slice.position]).toStrictEqual([[], 2n])

  // The feed ends before the position that another process has reached.
  let answers = 0
  const later = feed.next(2n, { ...options, until: 4n }).finally(() => (answers += 1))
  await add(log, 1, 'Noise')
  await expect.poll(() => feed.head()).toBe(3n)
  expect(answers).toBe(0)
  await add(log, 1, 'Noise')
  expect((await later).position).toStrictEqual(4n)
  await feed.close()
})

test('repeated reads without a wait let timers run', async () => {
  const log = memoryEventLog()
  const feed = await openFeed(log)
  const reader = feed.read(0n, { types: ['Signal'] })
  let isOver = false
  setTimeout(() => (isOver = true))
  let reads = 0
  while (!isOver && reads < 100_000) {
    reads += 1
    await reader.next({ signal: never, patience: 0 })
  }
  expect.assert(isOver)
  reader.close()
  await feed.close()
})

test('the feed reports what its subscription recovers from, and needs nobody to report to', async () => {
  const log = memoryEventLog()
  let failures = 1
  const subscribe: EventLog['subscribe'] = async function* (after, options) {
    options?.onError?.(new Error('an outage'))
    if (failures-- > 0) throw new Error('an event of no known shape')
    yield* log.subscribe(after, options)
  }
  const errors: string[] = []
  const feed = await openFeed(
    { ...log, subscribe },
    { onError: (error) => errors.push(String(error)) },
  )
  await add(log, 1)
  await expect.poll(() => feed.head()).toBe(1n)
  expect(errors).toEqual([
    'Error: an outage',
    'Error: an event of no known shape',
    'Error: an outage',
  ])
  await feed.close()

  failures = 1
  const silent = await openFeed({ ...log, subscribe })
  await add(log, 1)
  await expect.poll(() => silent.head()).toBe(2n)
  await silent.close()
})

test('the head moves with positions only, and after the end of the feed nothing is called', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const log = memoryEventLog()
  let subscription: AbortSignal | undefined
  const empty = { events: [], caughtUp: true }
  const subscribe: EventLog['subscribe'] = async function* (after, options) {
    subscription = options?.signal
    yield { ...empty, position: after }
    yield { ...empty, position: after + 5n }
    await once(options!.signal!, 'abort')
  }
  const feed = await openFeed({ ...log, subscribe })
  const heads: bigint[] = []
  const late: bigint[] = []
  feed.onMoved(0, () => heads.push(feed.head()))
  feed.onMoved(5_000, () => late.push(feed.head()))
  while (feed.head() < 5n) await new Promise(setImmediate)
  vi.advanceTimersByTime(0)
  expect(heads).toEqual([5n])
  expect(subscription?.aborted).toBe(false)
  await feed.close()
  expect([subscription?.aborted, vi.getTimerCount()]).toEqual([true, 0])
  vi.advanceTimersByTime(5_000)
  expect(late).toEqual([])
})

test('a feed has the newest position of each type, and its first head for those that it has not read', async () => {
  const log = memoryEventLog()
  await add(log, 3, 'Old')
  const feed = await openFeed(log)
  await add(log, 2, 'Signal')
  await add(log, 4, 'Noise')
  await expect.poll(() => feed.head()).toBe(9n)
  const newest = [['Old'], ['Signal'], ['Noise', 'Signal'], []].map(feed.newest)
  expect(newest).toStrictEqual([3n, 5n, 9n, 3n])
  await feed.close()
})
