import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { watchCommits } from '../../../../test/support/commits.ts'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { logListener } from './postgres-log-listener.ts'
import { postgresEventLog } from './postgres.ts'
import { copyInto } from './postgres-in-order.ts'

let own: TestDatabase
beforeEach(async () => void (own = await freshDatabase()))
afterEach(() => own[Symbol.asyncDispose]())

const at = '2030-01-01T00:00:00.000Z'

/** An event of another log. */
const eventOf = (
  stream: string,
  revision: number,
  data: unknown = { revision },
): RecordedEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data,
  stream,
  id: stream.slice(6),
  revision,
  position: 1_000n,
  at,
  metadata: someMetadata,
})

const order = async () => {
  const log = await postgresEventLog(own.database)
  const { events } = await log.readAll()
  await log.close()
  return events.map(({ position, stream, revision }) => `${position} ${stream} ${revision}`)
}

test('events of many streams are copied in exactly their order, with their ids and times', async () => {
  const events = Array.from({ length: 700 }, (_, n) =>
    eventOf(`thing-${(n * 7) % 3}`, Math.floor(n / 3)),
  )
  expect(await copyInto(own.database).recordInOrder(events, 0n)).toBe(700n)
  expect(await order()).toEqual(
    events.map(({ stream, revision }, n) => `${n + 1} ${stream} ${revision}`),
  )
  const log = await postgresEventLog(own.database)
  expect((await log.readAll()).events).toEqual(
    events.map((event, n) => ({ ...event, position: BigInt(n + 1) })),
  )
  expect(await log.head()).toBe(700n)
  const next = { eventId: randomUUID(), type: 'Counted', data: {}, metadata: someMetadata }
  expect(await log.append('thing-0', 233, [next])).toEqual({ revision: 234, position: 701n })
  await log.close()
})

test('a log whose head differs from the expected one is not changed', async () => {
  const { recordInOrder: record } = copyInto(own.database)
  await record([eventOf('thing-1', 0)], 0n)
  expect(await record([eventOf('thing-2', 0)], 0n)).toBeUndefined()
  expect(await record([eventOf('thing-2', 0)], 2n)).toBeUndefined()
  expect(await order()).toEqual(['1 thing-1 0'])
})

test('of concurrent copies at the same position, one is recorded', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      copyInto(own.database).recordInOrder(
        [eventOf(`thing-${n}`, 0), eventOf(`thing-${n}`, 1)],
        0n,
      ),
    ),
  )
  expect(answers.filter((answer) => answer === 2n)).toHaveLength(1)
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(7)
  expect(await order()).toHaveLength(2)
})

test.each([
  ['has a hole', [eventOf('thing-1', 0), eventOf('thing-1', 2)]],
  ['begins in its middle', [eventOf('thing-1', 0), eventOf('thing-2', 5)]],
])('no event is recorded if a stream %s', async (_, events) => {
  expect(await copyInto(own.database).recordInOrder(events, 0n)).toBeUndefined()
  expect(await order()).toEqual([])
})

test('listeners of the log are notified of copied events', async () => {
  const notified: (bigint | undefined)[] = []
  const listener = logListener(own.database, {
    id: randomUUID(),
    notified: (position) => notified.push(position),
  })
  listener.start()
  await expect.poll(() => notified).toEqual([undefined])
  await copyInto(own.database).recordInOrder([eventOf('thing-1', 0), eventOf('thing-2', 0)], 0n)
  await expect.poll(() => notified).toEqual([undefined, 2n])
  await listener.close()
})

test('more events than fit into one statement are recorded by several', async () => {
  const large = 'x'.repeat(900_000)
  const events = Array.from({ length: 12 }, (_, n) => eventOf('thing-1', n, { large }))
  expect(await copyInto(own.database).recordInOrder(events, 0n)).toBe(12n)
  expect(await order()).toHaveLength(12)
})

test('batches are committed asynchronously, and settle waits for the disk', async () => {
  await using apart = await freshDatabase({ waits: true })
  const commits = await watchCommits(apart.database, 'agora.head')
  const into = copyInto(apart.database)
  await into.recordInOrder([eventOf('thing-1', 0)], 0n)
  await into.recordInOrder([eventOf('thing-1', 1)], 1n)
  await into.settle()
  expect(await commits()).toEqual(['off', 'off', 'on'])
})
