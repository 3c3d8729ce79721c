import { describe, expect, test } from 'vitest'
import type { MaskedEvent } from './answers.ts'
import { BadUsage } from './failure.ts'
import type { Advance } from './progress.ts'
import { replay } from './replay.ts'
import { boundOf, type Range } from './replay-range.ts'
import type { ReplaySource } from './replay-source.ts'

const noon = Date.parse('2030-01-01T12:00:00Z')

/** A log of `count` events, one per second from noon, alternating between an order and a payment. */
const logOf = (count: number, change = (event: MaskedEvent): MaskedEvent => event) => {
  const events = Array.from({ length: count }, (_, at) =>
    change({
      eventId: `event-${at + 1}`,
      stream: at % 2 === 0 ? 'order-a' : 'payment-b',
      type: at % 2 === 0 ? 'OrderPlaced' : 'PaymentCompleted',
      revision: Math.floor(at / 2),
      position: String(at + 1),
      at: new Date(noon + at * 1_000).toISOString(),
      data: {},
      metadata: {},
    }),
  )
  const reads: bigint[] = []
  const source: ReplaySource = {
    via: 'direct',
    head: async () => BigInt(count),
    page: async (after, limit, { categories, types } = {}) => {
      reads.push(after)
      const found = events.filter(
        ({ position, stream, type }) =>
          BigInt(position) > after &&
          (!categories || categories.includes(stream.split('-', 1)[0] ?? '')) &&
          (!types || types.includes(type)),
      )
      const page = found.slice(0, limit)
      const caughtUp = found.length < limit
      return {
        events: page,
        caughtUp,
        position: caughtUp ? BigInt(count) : BigInt(page.at(-1)!.position),
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
  return { source, reads }
}

const replayed = async (
  source: ReplaySource,
  range: Range = {},
  wanted: { categories?: string[]; types?: string[] } = {},
) => {
  let text = ''
  const shown: Advance[] = []
  const events = await replay({
    source,
    range,
    wanted,
    write: async (lines) => void (text += lines),
    show: (advance) => shown.push(advance),
    signal: new AbortController().signal,
  })
  const lines = text.split('\n').slice(0, -1)
  expect(lines.length).toBe(events)
  return { positions: lines.map((line) => Number(JSON.parse(line).position)), shown }
}

const from1To = (last: number) => Array.from({ length: last }, (_, at) => at + 1)

describe('a replay', () => {
  test('writes every event once, in order, over any number of pages', async () => {
    const { source, reads } = logOf(2_500)
    const { positions, shown } = await replayed(source)
    expect(positions).toEqual(from1To(2_500))
    expect(reads).toEqual([0n, 1_000n, 2_000n])
    expect(shown.at(0)).toEqual({ done: 0, total: 2_500, events: 0 })
    expect(shown.at(-1)).toEqual({ done: 2_500, total: 2_500, events: 2_500 })
  })

  test('of an empty log is empty, and complete', async () => {
    const { positions, shown } = await replayed(logOf(0).source)
    expect(positions).toEqual([])
    expect(shown.at(-1)).toEqual({ done: 0, total: 0, events: 0 })
  })

  test('includes both bounds of a range of positions, and reads no further', async () => {
    const { source, reads } = logOf(5_000)
    const range = { from: boundOf('--from', '10'), to: boundOf('--to', '12') }
    const { positions, shown } = await replayed(source, range)
    expect(positions).toEqual([10, 11, 12])
    expect(reads).toEqual([9n])
    expect(shown.at(-1)).toEqual({ done: 3, total: 3, events: 3 })
  })

  test('includes both bounds of a range of times', async () => {
    const { source, reads } = logOf(10_000)
    const range = {
      from: boundOf('--from', '2030-01-01T13:00:00Z'),
      to: boundOf('--to', '2030-01-01T13:00:02'),
    }
    expect((await replayed(source, range)).positions).toEqual([3_601, 3_602, 3_603])
    expect(reads.length).toBeLessThan(50)
  })

  test('misses no event where the clocks of writers differ', async () => {
    const { source } = logOf(1_000, (event) =>
      Number(event.position) % 2 === 0
        ? { ...event, at: new Date(Date.parse(event.at) - 20_000).toISOString() }
        : event,
    )
    const secondOf = (position: number) => position - 1 - (position % 2 === 0 ? 20 : 0)
    const boundAt = (second: number) =>
      boundOf('--at', new Date(noon + second * 1_000).toISOString())
    for (let second = 400; second < 440; second += 1) {
      const since = await replayed(source, { from: boundAt(second) })
      expect(since.positions).toEqual(from1To(1_000).filter((at) => secondOf(at) >= second))
      const until = await replayed(source, { to: boundAt(second) })
      expect(until.positions).toEqual(from1To(1_000).filter((at) => secondOf(at) <= second))
    }
  })

  test('filters by categories and types', async () => {
    const { source } = logOf(10)
    const odd = [1, 3, 5, 7, 9]
    expect((await replayed(source, {}, { categories: ['order'] })).positions).toEqual(odd)
    expect((await replayed(source, {}, { types: ['OrderPlaced'] })).positions).toEqual(odd)
    const both = { categories: ['order'], types: ['PaymentCompleted'] }
    expect((await replayed(source, {}, both)).positions).toEqual([])
  })

  test('ends when it is interrupted', async () => {
    const interrupted = new AbortController()
    const { source } = logOf(5_000)
    const running = replay({
      source,
      range: {},
      wanted: {},
      write: async () => interrupted.abort(new Error('Ctrl-C')),
      show: () => undefined,
      signal: interrupted.signal,
    })
    await expect(running).rejects.toThrow('Ctrl-C')
  })
})

describe('a replay at a speed', () => {
  /** The same log with one event every 10 s. */
  const slowLog = (count: number) =>
    logOf(count, (event) => ({
      ...event,
      at: new Date(noon + Number(event.position) * 10_000).toISOString(),
    }))

  test('writes each event when it is due', async () => {
    const written: { readonly lines: number; readonly after: number }[] = []
    const started = performance.now()
    const events = await replay({
      source: slowLog(4).source,
      range: {},
      wanted: {},
      speed: 100,
      write: async (lines) =>
        void written.push({
          lines: lines.split('\n').length - 1,
          after: performance.now() - started,
        }),
      show: () => undefined,
      signal: new AbortController().signal,
    })
    expect(events).toBe(4)
    expect(written.map(({ lines }) => lines)).toEqual([1, 1, 1, 1])
    // Timers may be slightly early, and late by any time on a busy machine.
    for (const [at, { after }] of written.entries()) expect(after).toBeGreaterThan(at * 100 - 10)
  })

  test('ends during a pause when it is interrupted', async () => {
    const interrupted = new AbortController()
    const running = replay({
      source: slowLog(2).source,
      range: {},
      wanted: {},
      speed: 0.001,
      write: async () => interrupted.abort(new Error('Ctrl-C')),
      show: () => undefined,
      signal: interrupted.signal,
    })
    await expect(running).rejects.toThrow('aborted')
  })
})

test.each([
  ['1200', { position: 1_200n }],
  ['2030-01-31', { at: '2030-01-31T00:00:00.000Z' }],
  ['2030-01-31T12:00', { at: '2030-01-31T12:00:00.000Z' }],
  ['2030-01-31T12:00:00.5+02:00', { at: '2030-01-31T10:00:00.500Z' }],
])('%s is parsed as a bound', (text, bound) => expect(boundOf('--from', text)).toEqual(bound))

test.each([
  '',
  'x',
  '-1',
  '1.5',
  '2030-13-01',
  '31.01.2030',
  'yesterday',
  '1234567890123456789',
  '9999-12-31T23:59:59-01:00',
])('"%s" is rejected as a bound', (text) => {
  expect(() => boundOf('--to', text)).toThrow(BadUsage)
  expect(() => boundOf('--to', text)).toThrow(/--to cannot be/)
})
