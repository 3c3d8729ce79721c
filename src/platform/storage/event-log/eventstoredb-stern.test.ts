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
    const sent = Array.from({ length: 24 }, () => [event(), event()])
    for (const events of sent) await log.append(stream, 'any', events)
    await expect.poll(() => seen.length).toBe(48)
    expect(seen).toStrictEqual(sent.flat().map(({ eventId }) => eventId))
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
  expect(await from(first!.position + 1n, 'forwards')).toStrictEqual([1, 2])
  expect(await from(third!.position - 1n, 'backwards')).toStrictEqual([1, 0])
  expect(await from(third!.position + 1n, 'backwards')).toStrictEqual([2, 1])
  expect(await log.readAll({ after: 10n ** 12n })).toStrictEqual({
    events: [],
    position: 10n ** 12n,
    caughtUp: true,
  })
  expect.assert(second!.position > after)
})

test('a repeated append at any revision is answered with its place, also if the server does not recognise it', async () => {
  const stream = `thing-${randomUUID()}`
  const events = [event(), event()]
  const first = await log.append(stream, 'any', events)
  expect((await log.read(stream))[1]?.position).toBe(first.position)
  for (let n = 0; n < 20; n++) await log.append(stream, 'exists', [event()])
  for (const expected of ['any', 'exists'] as const)
    expect(await log.append(stream, expected, events)).toStrictEqual({ ...first, before: true })
  expect((await log.read(stream)).length).toBe(22)
})

test('events of the server itself are never returned', async () => {
  for (const direction of ['forwards', 'backwards'] as const) {
    const { events } = await log.readAll({ direction, limit: 10_000 })
    expect.assert(events.length > 100)
    expect.assert(events.every(({ stream, type }) => !`${stream} ${type}`.includes('$')))
  }
  expect(await log.read('$persistentSubscriptionConfig')).toStrictEqual([])
  expect((await log.categories()).map(({ category }) => category)).toStrictEqual(['thing'])
})
