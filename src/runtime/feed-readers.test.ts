import { getEventListeners } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { recorded } from '#kernel/testing'
import { bell } from '../platform/bell.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { feedReaders } from './feed-readers.ts'
import { recentEvents } from './recent-events.ts'

const at = (position: bigint, type: string): RecordedEvent =>
  recorded(`thing-${position}`, { type, data: {} }, { position })

/** A feed from a position on; `add` adds events with these types, one position each. */
const feedFrom = (
  start: bigint,
  { most = 100, readAll }: { readonly most?: number; readonly readAll?: EventLog['readAll'] } = {},
) => {
  const recent = recentEvents(start, most, '2030-01-01T00:00:00.000Z')
  const news = bell()
  const unread = async () => expect.unreachable('the log is not read')
  const { open, notify } = feedReaders(recent, { readAll: readAll ?? unread }, news)
  const add = (...types: string[]) => {
    const before = recent.to()
    const events = types.map((type, nth) => at(before + BigInt(nth) + 1n, type))
    recent.add({ events, position: before + BigInt(types.length) })
    notify(events, before)
    news.ring()
  }
  return { open, add, news }
}

const never = new AbortController().signal
const typesOf = ({ events }: { readonly events: readonly RecordedEvent[] }) =>
  events.map(({ type }) => type)

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turns = 0; turns < 3; turns += 1) await new Promise(setImmediate)
}

const useFakeTimers = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

describe('a reader', () => {
  test('without types reads every event, and is moved past none', async () => {
    const { open, add } = feedFrom(0n)
    const reader = open(0n)
    expect([reader.isPending(), reader.position(), reader.peek()]).toEqual([false, 0n, undefined])
    add('Noise', 'Signal')
    expect([reader.isPending(), reader.position()]).toEqual([true, 0n])
    const slice = await reader.next({ signal: never })
    expect(slice).toMatchObject({ position: 2n, caughtUp: true, isFiltered: false })
    expect(typesOf(slice)).toEqual(['Noise', 'Signal'])
    expect(typesOf(reader.peek(1)!)).toEqual(['Noise'])
    reader.moveTo(2n)
    expect([reader.isPending(), reader.peek()]).toEqual([false, undefined])
    reader.moveTo(1n)
    expect(typesOf(reader.peek()!)).toEqual(['Signal'])
  })

  test('that is opened where its events are in memory has something to read', () => {
    const { open, add } = feedFrom(0n)
    add('Noise', 'Signal', 'Odd', 'Noise')
    const isPending = (start: bigint, ...reads: [Parameters<typeof open>[1]?]) =>
      open(start, ...reads).isPending()
    expect([isPending(0n), isPending(3n), isPending(4n)]).toEqual([true, true, false])
    const types = ['Signal']
    expect([isPending(1n, { types }), isPending(2n, { types })]).toEqual([true, false])
    const also = ({ type }: RecordedEvent) => (type === 'Odd' ? 'unknown' : undefined)
    expect([isPending(2n, { types, also }), isPending(3n, { types, also })]).toEqual([true, false])
  })

  test('is woken once for events that it reads, by their type or otherwise, and moved past others', () => {
    const { open, add } = feedFrom(0n)
    const also = ({ type }: RecordedEvent) => (type === 'Odd' ? 'unknown' : undefined)
    for (const wanted of ['Signal', 'Odd']) {
      let woken = 0
      const reader = open(0n, { types: ['Signal'], also, onPending: () => (woken += 1) })
      reader.moveTo(reader.isPending() ? 3n : 0n)
      const begun = reader.position()
      add('Noise')
      expect([woken, reader.position()]).toEqual([0, begun + 1n])
      add(wanted)
      add(wanted)
      expect([woken, reader.position()]).toEqual([1, begun + 1n])
      reader.close()
    }
  })

  test('ahead of the feed is neither moved back nor woken before its place', () => {
    const { open, add } = feedFrom(0n)
    let woken = 0
    const reader = open(3n, { types: ['Signal'], onPending: () => (woken += 1) })
    add('Signal', 'Signal')
    expect([woken, reader.position()]).toEqual([0, 3n])
    // The last event up to its place, and others after it.
    add('Signal', 'Noise')
    expect([woken, reader.position()]).toEqual([0, 4n])

    const further = open(6n, { types: ['Signal'], onPending: () => (woken += 1) })
    add('Noise', 'Noise', 'Signal')
    // Both readers.
    expect([woken, further.position(), further.isPending()]).toEqual([2, 6n, true])
  })

  test('that is closed stays where it is, and is woken no more', () => {
    const { open, add } = feedFrom(0n)
    let [woken, tests] = [0, 0]
    const onPending = () => (woken += 1)
    const also = () => {
      tests += 1
      return undefined
    }
    const readers = [
      open(0n, { onPending }),
      open(0n, { types: ['Signal'], onPending }),
      open(0n, { types: ['Signal'], also, onPending }),
    ]
    add('Noise')
    expect([woken, tests]).toEqual([1, 1])
    readers[0]!.moveTo(1n)
    for (const reader of readers) reader.close()
    add('Signal')
    expect([woken, tests]).toEqual([1, 1])
    expect(readers.map((reader) => reader.position())).toEqual([1n, 1n, 1n])
  })

  test('is not closed by another one for the same type', () => {
    const { open, add } = feedFrom(0n)
    const [one, other] = [open(0n, { types: ['Signal'] }), open(0n, { types: ['Signal'] })]
    one.close()
    add('Signal')
    expect(other.isPending()).toBe(true)
  })
})

describe('a reader behind what is in memory', () => {
  test('reads the log: all types, or only those it was opened with', async () => {
    const ranges: unknown[] = []
    const { open } = feedFrom(10n, {
      readAll: async (range) => {
        ranges.push(range)
        return { events: [at(4n, 'Signal')], position: 4n, caughtUp: false }
      },
    })
    const all = open(3n)
    expect([all.isPending(), all.peek()]).toEqual([true, undefined])
    expect((await all.next({ signal: never, limit: 7 })).isFiltered).toBe(false)
    const some = await open(3n, { types: ['Signal'] }).next({ signal: never })
    expect([some.isFiltered, some.position]).toEqual([true, 4n])
    expect(ranges).toEqual([
      { after: 3n, limit: 7 },
      { after: 3n, limit: 1_000, types: ['Signal'] },
    ])
  })

  test('reads it again at the next move of the feed when the log seems to end before the feed', async () => {
    let end = 3n
    let reads = 0
    const { open, news } = feedFrom(10n, {
      readAll: async () => {
        reads += 1
        return { events: [], position: end, caughtUp: true }
      },
    })
    let isAnswered = false
    const next = open(3n)
      .next({ signal: never })
      .finally(() => (isAnswered = true))
    await settle()
    expect([reads, isAnswered]).toEqual([1, false])
    end = 10n
    news.ring()
    expect((await next).position).toBe(10n)
  })

  test('reads it again after some seconds', async () => {
    useFakeTimers()
    let end = 3n
    const { open } = feedFrom(10n, {
      readAll: async () => ({ events: [], position: end, caughtUp: true }),
    })
    const next = open(3n).next({ signal: never })
    await settle()
    expect(vi.getTimerCount()).toBe(1)
    end = 10n
    vi.advanceTimersByTime(5_000)
    expect((await next).position).toBe(10n)
  })
})

describe('a wait for events', () => {
  test('ends with an empty slice after the patience of the caller', async () => {
    useFakeTimers()
    const { open, add } = feedFrom(0n)
    // One that reads up to a position waits for any move of the feed.
    for (const until of [undefined, 9n]) {
      const reader = open(0n, { types: ['Signal'] })
      let slice: unknown
      void reader
        .next({ signal: never, patience: 20, ...(until !== undefined && { until }) })
        .then((answer) => (slice = answer))
      await settle()
      vi.advanceTimersByTime(19)
      await settle()
      expect(slice).toBeUndefined()
      vi.advanceTimersByTime(1)
      await settle()
      expect(slice).toEqual({ events: [], position: 0n, caughtUp: true, isFiltered: false })
    }
    const reader = open(0n, { types: ['Signal'] })
    const next = reader.next({ signal: never, patience: 20 })
    await settle()
    add('Signal')
    expect(typesOf(await next)).toEqual(['Signal'])
    // An event before the end leaves no timer behind.
    expect(vi.getTimerCount()).toBe(0)
  })

  test('without an end sets no timer, and leaves nothing behind', async () => {
    useFakeTimers()
    const { open, add } = feedFrom(0n)
    const stop = new AbortController()
    const reader = open(0n, { types: ['Signal'] })
    for (let nth = 0; nth < 3; nth += 1) {
      const next = reader.next({ signal: stop.signal })
      await settle()
      expect(vi.getTimerCount()).toBe(0)
      expect(getEventListeners(stop.signal, 'abort').length).toBe(1)
      add('Signal')
      reader.moveTo((await next).position)
      expect(getEventListeners(stop.signal, 'abort').length).toBe(0)
    }
  })

  test('ends with the reason of its signal', async () => {
    const { open } = feedFrom(0n)
    const stop = new AbortController()
    const next = open(0n).next({ signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
    await expect(open(0n).next({ signal: stop.signal })).rejects.toThrow('enough')
  })

  test('up to a position ends there, whatever the events are', async () => {
    const { open, add } = feedFrom(0n)
    const reader = open(0n, { types: ['Signal'] })
    let slice: unknown
    const next = reader.next({ signal: never, until: 2n }).then((answer) => (slice = answer))
    add('Noise')
    await settle()
    expect(slice).toBeUndefined()
    add('Noise')
    await next
    expect(slice).toEqual({ events: [], position: 2n, caughtUp: true, isFiltered: false })
  })
})
