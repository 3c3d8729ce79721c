import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { EventRefused } from '../../platform/storage/event-log/port.ts'
import { recordInRuns } from './record-in-runs.ts'

const eventOf = (stream: string, revision: number, text = ''): RecordedEvent => ({
  eventId: randomUUID(),
  type: 'Said',
  data: { text },
  stream,
  id: stream.slice(6),
  revision,
  position: 7n,
  at: '2030-01-01T00:00:00.000Z',
  metadata: someMetadata,
})

/** Records pages; returns the number of events of each append, by window. */
const windowsOf = async (pages: readonly (readonly RecordedEvent[])[]) => {
  const log = memoryEventLog()
  const windows: number[][] = []
  const record = recordInRuns({
    appendInOrder: (appends) => {
      windows.push(appends.map(({ events }) => events.length))
      return log.appendInOrder(appends)
    },
  })
  let position: bigint | undefined = 0n
  for (const page of pages) position = await record(page, position!)
  expect(position).toBe(BigInt(pages.flat().length))
  return windows
}

const sizesOf = async (events: readonly RecordedEvent[]) => (await windowsOf([events])).flat()

const many = (count: number, text = '') =>
  Array.from({ length: count }, (_, revision) => eventOf('thing-1', revision, text))

test('adjacent events of one stream share an append', async () =>
  expect(
    await sizesOf([
      ...many(3),
      eventOf('thing-2', 0),
      eventOf('thing-1', 3),
      eventOf('thing-2', 1),
      eventOf('thing-2', 2),
    ]),
  ).toEqual([3, 1, 1, 2]))

test('an append has at most 500 events', async () =>
  expect(await sizesOf(many(1_200))).toEqual([500, 500, 200]))

test('an append has at most 512 KiB; a larger event is appended alone', async () => {
  expect(await sizesOf(many(10, 'x'.repeat(100_000)))).toEqual([5, 5])
  expect(await sizesOf(many(3, 'x'.repeat(900_000)))).toEqual([1, 1, 1])
})

test('an empty page keeps the position', async () =>
  expect(await recordInRuns(memoryEventLog())([], 5n)).toBe(5n))

test('runs of known kinds share a window; a first run of a kind, or a large one, is sent alone', async () => {
  const large = eventOf('thing-1', 3, 'x'.repeat(900_000))
  expect(
    await windowsOf([
      [eventOf('thing-1', 0), eventOf('thing-2', 0), eventOf('thing-1', 1)],
      [
        eventOf('thing-3', 0),
        eventOf('thing-1', 2),
        large,
        eventOf('thing-2', 1),
        eventOf('thing-3', 1),
        { ...eventOf('thing-2', 2), type: 'Other' },
        eventOf('other-1', 0),
        { ...eventOf('thing-4', 0), metadata: { ...someMetadata, schemaVersion: 7 } },
        { ...eventOf('thing-5', 0), type: 'Other' },
        eventOf('thing-4', 1),
      ],
    ]),
  ).toEqual([[1], [1, 1], [1, 1], [1], [1, 1], [1], [1], [1], [1, 1]])
})

test('a rejected first run of a kind stops the copy before later events', async () => {
  const log = memoryEventLog()
  const record = recordInRuns({
    appendInOrder: async (appends) => {
      const outcomes = []
      for (const append of appends)
        outcomes.push(
          append.events.some(({ type }) => type === 'Bad')
            ? new EventRefused('Bad', 'Bad is not declared')
            : (await log.appendInOrder([append]))[0]!,
        )
      return outcomes
    },
  })
  const bad = { ...eventOf('thing-2', 0), type: 'Bad' }
  await expect(record([eventOf('thing-1', 0), bad, eventOf('thing-3', 0)], 0n)).rejects.toThrow(
    /^Bad is not declared$/,
  )
  expect(await log.head()).toBe(1n)
})

test('a rejected run of a known kind is reported as a gap', async () => {
  const log = memoryEventLog()
  const refused = eventOf('thing-2', 0)
  const record = recordInRuns({
    appendInOrder: async (appends) => {
      const taken = appends.filter(({ stream }) => stream !== refused.stream)
      const outcomes = [...(await log.appendInOrder(taken))]
      return appends.map(({ stream }) =>
        stream === refused.stream ? new EventRefused('Said', 'It is bad') : outcomes.shift()!,
      )
    },
  })
  await expect(
    record([eventOf('thing-1', 0), eventOf('thing-3', 0), refused, eventOf('thing-4', 0)], 0n),
  ).rejects.toThrow(
    /^It is bad; later events were recorded without it, .* to an empty log instead$/,
  )
})

test('events that the log appended at other positions are reported', async () => {
  const record = recordInRuns({
    appendInOrder: async (appends) => appends.map(() => ({ revision: 0, position: 5n })),
  })
  const said = eventOf('thing-1', 0)
  expect(await record([said], 5n)).toBeUndefined()
  expect(await record([said, eventOf('thing-2', 0)], 0n)).toBeUndefined()
})
