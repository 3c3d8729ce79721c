import streams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { expect, onTestFinished, test, vi } from 'vitest'
import { memoryEventLog } from './memory.ts'
import { Conflict, EventRefused, type EventLog, type ExpectedRevision } from './port.ts'
import { event, open, serve } from './testing/eventstoredb.ts'
import { sternServer } from './testing/stern-server.ts'
import { spoiltWire } from './testing/wire.ts'

const many = 1_000

/** A log behind our endpoint and a proxy, with a count of the calls. */
const served = async (change: (log: EventLog) => Partial<EventLog> = () => ({})) => {
  const { prototype } = streams.StreamsClient
  const calls = (['append', 'batchAppend', 'read'] as const).map((name) =>
    vi.spyOn(prototype, name),
  )
  const stored = memoryEventLog()
  const server = await serve({ ...stored, ...change(stored) })
  const wire = await spoiltWire(server.port)
  const log = await open(wire.port, { appendTimeoutMs: 30_000 })
  onTestFinished(async () => {
    calls.forEach((call) => call.mockRestore())
    await log.close()
    await wire[Symbol.asyncDispose]()
    await server.close()
  })
  return {
    stored,
    log,
    wire,
    sent: () => calls.reduce((sum, { mock }) => sum + mock.calls.length, 0),
  }
}

const idsIn = async (log: EventLog) =>
  (await log.read('thing-1', { limit: 2 * many })).map(({ eventId }) => eventId)

const chained = (n: number): ExpectedRevision => (n === 0 ? 'none' : n - 1)

test.each([
  ['each at its revision', chained],
  ['at any revision', (): ExpectedRevision => 'any'],
] as const)(
  '1,000 concurrent appends to one stream, %s, are recorded in order, in few round trips',
  async (_, expected) => {
    const { stored, log, sent } = await served()
    const events = Array.from({ length: many }, (_, n) => event(n))
    const answers = await Promise.all(
      events.map((one, n) => log.append('thing-1', expected(n), [one])),
    )
    expect(answers).toEqual(events.map((_, n) => ({ revision: n, position: BigInt(n + 1) })))
    expect(await idsIn(stored)).toEqual(events.map(({ eventId }) => eventId))
    expect(sent()).toBeLessThan(20)
  },
)

test.each([
  ['each at its revision', chained],
  ['at any revision', (): ExpectedRevision => 'any'],
] as const)(
  '1,000 concurrent appends, %s, are recorded in order and once although the connection is cut',
  async (_, expected) => {
    let batches = 0
    let cut: () => void = () => undefined
    const { stored, log, wire, sent } = await served(({ appendInOrder }) => ({
      appendInOrder: async (appends) => {
        const outcomes = await appendInOrder(appends)
        batches += 1
        // The recorded appends are not answered.
        if (batches === 300) cut()
        return outcomes
      },
    }))
    cut = wire.cut
    const events = Array.from({ length: many }, (_, n) => event(n))
    const answers = await Promise.all(
      events.map((one, n) => log.append('thing-1', expected(n), [one])),
    )
    expect(batches).toBeGreaterThan(300)
    expect(answers).toMatchObject(events.map((_, n) => ({ revision: n, position: BigInt(n + 1) })))
    expect(await idsIn(stored)).toEqual(events.map(({ eventId }) => eventId))
    expect(sent()).toBeLessThan(40)
  },
)

test('appends after a refused one are accepted or refused on their own', async () => {
  const { stored, log } = await served()
  const events = Array.from({ length: 6 }, (_, n) => event(n))
  const large = { ...event(0), data: { text: 'x'.repeat(1024 * 1024) } }
  const answers = await Promise.allSettled([
    log.append('thing-1', 'none', [events[0]!]),
    log.append('thing-1', 'none', [events[1]!]),
    log.append('thing-1', 0, [large]),
    log.append('thing-1', 'exists', [events[2]!]),
    log.append('thing-1', 7, [events[3]!]),
    log.append('thing-1', 'none', [events[0]!]),
    log.append('thing-1', 1, [events[4]!]),
  ])
  expect(
    answers.map((answer) =>
      answer.status === 'fulfilled' ? answer.value : (answer.reason as Error).constructor,
    ),
  ).toEqual([
    { revision: 0, position: 1n },
    Conflict,
    EventRefused,
    { revision: 1, position: 2n },
    Conflict,
    { revision: 0, position: 1n, before: true },
    { revision: 2, position: 3n },
  ])
  expect(await idsIn(stored)).toEqual([0, 2, 4].map((n) => events[n]!.eventId))
})

test('repeated appends are found at their revisions by one read', async () => {
  const { stored, log, sent } = await served()
  const events = Array.from({ length: many / 2 }, (_, n) => event(n))
  const append = () => Promise.all(events.map((one, n) => log.append('thing-1', chained(n), [one])))
  const first = await append()
  const before = sent()
  expect(await append()).toEqual(first.map((one) => ({ ...one, before: true })))
  expect(sent() - before).toBeLessThan(20)
  expect(await stored.head()).toBe(BigInt(events.length))
})

test('a server without BatchAppend gets the appends one by one, in order', async () => {
  const server = await sternServer()
  const log = await open(server.port)
  const events = Array.from({ length: 100 }, (_, n) => event(n))
  await Promise.all(events.map((one, n) => log.append('thing-1', chained(n), [one])))
  expect(await idsIn(log)).toEqual(events.map(({ eventId }) => eventId))
  await log.close()
  server.close()
})
