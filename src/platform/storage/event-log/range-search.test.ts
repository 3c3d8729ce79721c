import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from './memory.ts'
import { pageOf } from './pages.ts'
import type { Direction, EventLog } from './port.ts'
import { momentOf, placeOf, spanOf, type Ends } from './range-search.ts'

const noon = Date.parse('2030-01-01T12:00:00Z')
const timeOf = (second: number) => new Date(noon + second * 1_000).toISOString()

/** A log of events one second apart, a third of them by a clock 20 s behind, ten events in each stream. */
const filled = async (count: number): Promise<EventLog> => {
  const log = memoryEventLog()
  for (let n = 0; n < count; n += 1)
    await log.append(`thing-${Math.floor(n / 10)}`, 'any', [
      {
        eventId: randomUUID(),
        type: n % 2 === 0 ? 'Even' : 'Odd',
        data: { n },
        metadata: someMetadata,
        at: timeOf(n % 3 === 0 ? n - 20 : n),
      },
    ])
  return { ...log, dense: true }
}

/** The same log with positions a hundred apart, where a read may only begin at the position of an event. */
const sparse = (log: EventLog): EventLog => {
  const { append, appendInOrder, read, subscribe, categories, close } = log
  const inner = (position: bigint): bigint => {
    if (position % 100n !== 0n) throw new Error(`There is no event at ${position}`)
    return position / 100n
  }
  const outer = (event: RecordedEvent) => ({ ...event, position: event.position * 100n })
  return {
    append,
    appendInOrder,
    read,
    subscribe,
    categories,
    close,
    head: async () => (await log.head()) * 100n,
    readAll: async ({ after, ...range } = {}) => {
      const slice = await log.readAll({
        ...range,
        ...(after !== undefined && { after: inner(after) }),
      })
      return { ...slice, events: slice.events.map(outer), position: slice.position * 100n }
    },
    streams: async ({ after = 0n, ...range } = {}) =>
      (await log.streams({ ...range, after: after / 100n })).map((stream) => ({
        ...stream,
        position: stream.position * 100n,
      })),
  }
}

const readThrough = async (
  log: EventLog,
  ends: Ends,
  direction: Direction,
  limit: number,
): Promise<RecordedEvent[]> => {
  const span = await spanOf(log, ends)
  const all: RecordedEvent[] = []
  let cursor: bigint | undefined
  for (;;) {
    const page = await pageOf(log, span, { cursor, direction, limit })
    expect(page.events.length).toBeLessThanOrEqual(limit)
    all.push(...page.events)
    if (page.done) return all
    ;({ cursor } = page)
  }
}

describe.each([
  { positions: 'that count events', shape: (log: EventLog) => log, step: 1n },
  { positions: 'with gaps', shape: sparse, step: 100n },
])('a part of a log with positions $positions', ({ shape, step }) => {
  const parts: readonly { readonly name: string; readonly ends: Ends }[] = [
    { name: 'everything', ends: {} },
    { name: 'from a position', ends: { fromPosition: 123n * step } },
    { name: 'until a position', ends: { untilPosition: 123n * step } },
    {
      name: 'between positions without events',
      ends: { fromPosition: 123n * step - step / 2n, untilPosition: 155n * step + step / 2n },
    },
    { name: 'from a time', ends: { fromTime: timeOf(200) } },
    { name: 'until a time', ends: { untilTime: timeOf(200) } },
    { name: 'between times', ends: { fromTime: timeOf(150), untilTime: timeOf(163) } },
    {
      name: 'a position until a time',
      ends: { fromPosition: 140n * step, untilTime: timeOf(163) },
    },
    { name: 'until the end of time', ends: { untilTime: '9999-12-31T23:59:59.999Z' } },
    { name: 'from the beginning of time', ends: { fromTime: '0000-01-01T00:00:00.000Z' } },
    { name: 'nothing, before all events', ends: { untilTime: timeOf(-1_000) } },
    { name: 'nothing, after all events', ends: { fromPosition: 9_999n * step } },
    { name: 'nothing, later than all events', ends: { fromTime: timeOf(100_000) } },
  ]

  test.each(parts)('is exact in both directions and in pages: $name', async ({ ends }) => {
    const log = shape(await filled(400))
    const { events } = await log.readAll({ limit: 1_000 })
    const wanted = events
      .filter(
        ({ position, at }) =>
          position >= (ends.fromPosition ?? 0n) &&
          position <= (ends.untilPosition ?? 1_000_000n) &&
          at >= (ends.fromTime ?? '') &&
          at <= (ends.untilTime ?? '9'),
      )
      .map(({ position }) => position)
    for (const limit of [1, 7, 1_000]) {
      const forwards = await readThrough(log, ends, 'forwards', limit)
      expect(forwards.map(({ position }) => position)).toEqual(wanted)
      const backwards = await readThrough(log, ends, 'backwards', limit)
      expect(backwards.map(({ position }) => position)).toEqual(wanted.toReversed())
    }
  })
})

test('a range of time is exact although clocks differ', async () => {
  const log = memoryEventLog()
  // The clocks: right, an hour behind, right, an hour ahead, right.
  const hours = [0, -3_600, 0, 3_600, 0]
  for (let n = 0; n < 50; n += 1)
    await log.append('thing-1', 'any', [
      {
        eventId: randomUUID(),
        type: 'Counted',
        data: { n },
        metadata: someMetadata,
        at: timeOf(n + (hours[Math.floor(n / 10)] ?? 0)),
      },
    ])
  const { events } = await log.readAll()
  const ends = [-3_600, -3_585, 0, 9, 10, 25, 49, 3_600, 3_635, 3_700].map(timeOf)
  const { byTime: _, ...without } = log
  for (const shaped of [log, without, sparse(log)])
    for (const fromTime of ends)
      for (const untilTime of ends) {
        const wanted = events
          .filter(({ at }) => at >= fromTime && at <= untilTime)
          .map(({ data }) => data)
        const dataOf = async (...how: [Direction, number]) =>
          (await readThrough(shaped, { fromTime, untilTime }, ...how)).map(({ data }) => data)
        expect(await dataOf('forwards', 7)).toEqual(wanted)
        expect(await dataOf('backwards', 7)).toEqual(wanted.toReversed())
      }
})

test('a range of time is found with few reads', async () => {
  const log = await filled(5_000)
  let read = 0
  const counting: EventLog = {
    ...log,
    readAll: async (range) => {
      const slice = await log.readAll(range)
      read += slice.events.length
      return slice
    },
  }
  const ends = { fromTime: timeOf(2_000), untilTime: timeOf(2_010) }
  expect((await readThrough(counting, ends, 'forwards', 100)).length).toBeGreaterThan(5)
  expect((await readThrough(counting, ends, 'backwards', 100)).length).toBeGreaterThan(5)
  expect(read).toBeLessThan(3_000)
})

test('a day that does not exist is refused', () =>
  expect(['2030-02-30T12:00:00Z', '2029-02-29T12:00:00Z'].map(placeOf)).toEqual([
    undefined,
    undefined,
  ]))

test('a place is parsed as a position or a moment', () => {
  expect(placeOf('12')).toEqual({ position: 12n })
  expect(placeOf('2030-01-31T12:00:00Z')).toEqual({ time: '2030-01-31T12:00:00.000Z' })
  expect(momentOf('2030-01-31T12:00:00+02:00')).toBe('2030-01-31T10:00:00.000Z')
  for (const text of [
    '',
    '-1',
    'now',
    '2030-01-31',
    '2030-13-31T12:00:00Z',
    '2030-01-31T12:00:60Z',
    // In UTC outside of the years 0000 to 9999, whose texts compare as times.
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
  ])
    expect(placeOf(text)).toBeUndefined()
})
