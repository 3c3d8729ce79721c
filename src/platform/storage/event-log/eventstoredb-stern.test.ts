import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryStreamIndex } from '../stream-index/memory.ts'
import { eventStoreLog, type EventStoreLog } from './eventstoredb.ts'
import type { Filter, NewEvent } from './port.ts'
import { sternServer } from './testing/stern-server.ts'

let server: Awaited<ReturnType<typeof sternServer>>
let log: EventStoreLog
beforeAll(async () => {
  server = await sternServer()
  const url = `esdb://127.0.0.1:${server.port}?tls=false`
  log = await eventStoreLog({ url, index: memoryStreamIndex() })
})
afterAll(async () => {
  await log?.close()
  server?.close()
})

const event = (type = 'Counted'): NewEvent => ({
  eventId: randomUUID(),
  type,
  data: {},
  metadata: someMetadata,
})

test.each([
  ['everything', {}],
  ['a category', { categories: ['thing'] }],
  ['a type', { types: ['Counted'] }],
  ['a type in a category', { types: ['Counted'], categories: ['thing'] }],
] satisfies [string, Filter][])(
  'a subscription to %s misses no event although checkpoints run ahead of events',
  async (_, filter) => {
    const after = await log.head()
    const stop = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      for await (const { events } of log.subscribe(after, { ...filter, signal: stop.signal }))
        seen.push(...events.map(({ eventId }) => eventId))
    })()
    const stream = `thing-${randomUUID()}`
    const sent = Array.from({ length: 60 }, () => [event(), event()])
    for (const events of sent) await log.append(stream, 'any', events)
    await expect.poll(() => seen.length).toBe(120)
    assert.deepEqual(
      seen,
      sent.flat().map(({ eventId }) => eventId),
    )
    stop.abort()
    await following
  },
)

test('a read from a position without an event succeeds', async () => {
  const after = await log.head()
  const stream = `thing-${randomUUID()}`
  await log.append(stream, 'none', [event(), event(), event()])
  const [first, second, third] = await log.read(stream)
  const from = async (position: bigint, direction: 'forwards' | 'backwards') =>
    (await log.readAll({ after: position, direction, limit: 2 })).events.map((one) => one.revision)
  assert.deepEqual(await from(first!.position + 1n, 'forwards'), [1, 2])
  assert.deepEqual(await from(third!.position - 1n, 'backwards'), [1, 0])
  assert.deepEqual(await from(third!.position + 1n, 'backwards'), [2, 1])
  assert.deepEqual(await log.readAll({ after: 10n ** 12n }), {
    events: [],
    position: 10n ** 12n,
    caughtUp: true,
  })
  assert.ok(second!.position > after)
})

test('a repeated append at any revision is answered with its place, also if the server does not recognise it', async () => {
  const stream = `thing-${randomUUID()}`
  const events = [event(), event()]
  const first = await log.append(stream, 'any', events)
  assert.equal((await log.read(stream))[1]?.position, first.position)
  for (let n = 0; n < 20; n++) await log.append(stream, 'exists', [event()])
  for (const expected of ['any', 'exists'] as const)
    assert.deepEqual(await log.append(stream, expected, events), { ...first, before: true })
  assert.equal((await log.read(stream)).length, 22)
})

test('events of the server itself are never returned', async () => {
  for (const direction of ['forwards', 'backwards'] as const) {
    const { events } = await log.readAll({ direction, limit: 10_000 })
    assert.ok(events.length > 100)
    assert.ok(events.every(({ stream, type }) => !`${stream} ${type}`.includes('$')))
  }
  assert.deepEqual(await log.read('$persistentSubscriptionConfig'), [])
  assert.deepEqual(
    (await log.categories()).map(({ category }) => category),
    ['thing'],
  )
})
