import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../platform/event-log/memory.ts'
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

/** Records them, and tells how many went with each append. */
const sizesOf = async (events: readonly RecordedEvent[]) => {
  const log = memoryEventLog()
  const sizes: number[] = []
  const record = recordInRuns({
    append: (stream, expected, some) => {
      sizes.push(some.length)
      return log.append(stream, expected, some)
    },
  })
  expect(await record(events, 0n)).toBe(BigInt(events.length))
  return sizes
}

const many = (count: number, text = '') =>
  Array.from({ length: count }, (_, revision) => eventOf('thing-1', revision, text))

test('neighbours of one stream go together', async () =>
  expect(
    await sizesOf([
      ...many(3),
      eventOf('thing-2', 0),
      eventOf('thing-1', 3),
      eventOf('thing-2', 1),
      eventOf('thing-2', 2),
    ]),
  ).toEqual([3, 1, 1, 2]))

test('as many as an append may hold', async () =>
  expect(await sizesOf(many(1_200))).toEqual([500, 500, 200]))

test('and as large as EventStoreDB takes one; what is larger goes alone', async () => {
  expect(await sizesOf(many(10, 'x'.repeat(100_000)))).toEqual([5, 5])
  expect(await sizesOf(many(3, 'x'.repeat(900_000)))).toEqual([1, 1, 1])
})

test('nothing is recorded where nothing is given', async () =>
  expect(await recordInRuns(memoryEventLog())([], 5n)).toBe(5n))
