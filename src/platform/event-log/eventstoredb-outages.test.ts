import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { until } from '../../../test/support/until.ts'
import { serveEventStore } from '../eventstoredb/endpoint.ts'
import { memoryStreamIndex } from '../stream-index/memory.ts'
import { Unavailable } from '../unavailable.ts'
import { eventStoreLog, type EventStoreOptions } from './eventstoredb.ts'
import { memoryEventLog } from './memory.ts'
import { Conflict, type EventLog, type ExpectedRevision, type NewEvent } from './port.ts'
import { postgresEventLog } from './postgres.ts'
import { listening, spoiltWire } from './testing/wire.ts'

const serve = (log: EventLog, port = 0) =>
  serveEventStore({ log, host: '127.0.0.1', port, writable: true, masked: (event) => event })

const open = (port: number, options: Partial<EventStoreOptions> = {}) =>
  eventStoreLog({
    url: `esdb://127.0.0.1:${port}?tls=false`,
    index: memoryStreamIndex(),
    ...options,
  })

const event = (n: number): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: { n },
  metadata: someMetadata,
})

/** Follows a log from the start and keeps what it sees. */
const followed = (log: EventLog) => {
  const stop = new AbortController()
  const seen: { readonly eventId: string; readonly position: bigint }[] = []
  const failures: unknown[] = []
  const following = (async () => {
    const options = { signal: stop.signal, onError: (error: unknown) => void failures.push(error) }
    for await (const { events } of log.subscribe(0n, options)) seen.push(...events)
  })()
  return {
    seen,
    failures,
    stop: () => {
      stop.abort()
      return following
    },
  }
}

/** Appends for certain: after an outage the same events again. */
const insist = async (
  log: EventLog,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
) => {
  for (;;) {
    try {
      return await log.append(stream, expected, events)
    } catch (error) {
      assert.ok(error instanceof Unavailable, String(error))
    }
  }
}

test('a server that takes calls and never answers is unavailable, in time', async () => {
  const silent = createServer()
  const port = await listening(silent)
  const told: unknown[] = []
  const log = await open(port, {
    timeout: 200,
    patience: 600,
    onError: (error) => void told.push(error),
  })
  assert.ok(told[0] instanceof Unavailable)
  const start = performance.now()
  await assert.rejects(log.append('thing-1', 'none', [event(1)]), Unavailable)
  await assert.rejects(log.read('thing-1'), Unavailable)
  await assert.rejects(log.readAll(), Unavailable)
  await assert.rejects(log.head(), Unavailable)
  await assert.rejects(log.categories(), Unavailable)
  assert.ok(performance.now() - start < 4_000)
  assert.equal(log.health().connected, false)
  await log.close()
  silent.close()
})

test('whoever waits for a log is told at once when it is closed', async () => {
  const silent = createServer()
  const port = await listening(silent)
  const log = await open(port, { timeout: 300, patience: 60_000 })
  const { stop } = followed(log)
  const waiting = assert.rejects(log.append('thing-1', 'none', [event(1)]), Unavailable)
  await log.close()
  await waiting
  await stop()
  assert.equal(log.health().subscriptions, 0)
  silent.close()
})

test('a server that is away at first is used as soon as it is there', async () => {
  const reserved = createServer()
  const port = await listening(reserved)
  await new Promise((resolve) => reserved.close(resolve))
  const log = await open(port)
  const { seen, failures, stop } = followed(log)
  const appending = log.append('thing-1', 'none', [event(1)])
  await until(
    () => failures.length,
    (count) => count > 2,
  )
  const server = await serve(memoryEventLog(), port)
  assert.deepEqual(await appending, { revision: 0, position: 1n })
  await until(
    () => seen.length,
    (count) => count === 1,
  )
  assert.equal(log.health().connected, true)
  await stop()
  await log.close()
  await server.close()
})

test.each(['none', 'any'] as const)(
  'an append (%s) whose answer was lost is answered as recorded before, and is there once',
  async (expected) => {
    const kept = memoryEventLog()
    let appends = 0
    const server = await serve({
      ...kept,
      append: (...given) => {
        appends += 1
        return kept.append(...given)
      },
    })
    await using wire = await spoiltWire(server.port)
    const log = await open(wire.port)
    wire.deafen()
    const appending = log.append('thing-1', expected, [event(1), event(2)])
    await until(kept.head, (head) => head === 2n)
    await kept.append('thing-1', 1, [event(3)])
    wire.cut()
    assert.deepEqual(await appending, { revision: 1, position: 2n, before: true })
    assert.equal(await kept.head(), 3n)
    // Servers promise nothing about the second of two appends that may go anywhere.
    if (expected === 'any') assert.equal(appends, 1)
    await log.close()
    await server.close()
  },
)

test('the nodes of a cluster are found through those that the URL names', async () => {
  const kept = memoryEventLog()
  const server = await serve(kept)
  const gone = await serve(kept)
  await gone.close()
  for (const url of [
    `esdb+discover://127.0.0.1:${server.port}?tls=false`,
    `esdb://127.0.0.1:${gone.port},127.0.0.1:${server.port}?tls=false`,
  ]) {
    const log = await eventStoreLog({ url, index: memoryStreamIndex() })
    const { revision } = await log.append(`thing-${randomUUID()}`, 'none', [event(1)])
    assert.equal(revision, 0)
    await log.close()
  }
  const log = await open(0, {
    url: `esdb+discover://127.0.0.1:${gone.port}?tls=false`,
    timeout: 300,
  })
  await assert.rejects(log.head(), Unavailable)
  await log.close()
  await server.close()
})

test('an append that is given up halfway is not recorded in part', async () => {
  const kept = memoryEventLog()
  const server = await serve(kept)
  await using wire = await spoiltWire(server.port)
  const log = await open(wire.port, { timeout: 300 })
  // The first one gets through at once, the others wait for the server to read on.
  const large = Array.from({ length: 8 }, (_, n) => ({
    ...event(n),
    data: { n, text: 'x'.repeat(n === 0 ? 1 : 900_000) },
  }))
  await log.head()
  wire.hold()
  let answered = false
  const appending = log.append('thing-1', 'none', large).finally(() => (answered = true))
  await until(
    () => answered || log.health().connected,
    (over) => !over || answered,
  )
  wire.release()
  assert.equal((await appending).revision, 7)
  assert.equal(await kept.head(), 8n)
  await log.close()
  await server.close()
})

test('a subscription whose connection died without a word is made again', async () => {
  const kept = memoryEventLog()
  const server = await serve(kept)
  await using wire = await spoiltWire(server.port)
  const log = await open(wire.port, { timeout: 300, liveness: 200 })
  const { seen, stop } = followed(log)
  await kept.append('thing-1', 'none', [event(1)])
  await expect.poll(() => seen.length).toBe(1)
  wire.freeze()
  await kept.append('thing-1', 0, [event(2)])
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(2)
  assert.ok(log.health().resubscriptions > 0)
  await stop()
  await log.close()
  await server.close()
})

test('a subscription that the server forgot, while it answers all else, is made again', async () => {
  const kept = memoryEventLog()
  const asleep = new AbortController()
  const server = await serve({
    ...kept,
    subscribe: async function* (after, options) {
      await new Promise((resolve) => asleep.signal.addEventListener('abort', resolve))
      yield* kept.subscribe(after, options)
    },
  })
  const log = await open(server.port, { liveness: 100 })
  const { seen, failures, stop } = followed(log)
  await until(log.health, ({ subscriptions }) => subscriptions === 1)
  for (const n of [0, 1]) {
    await kept.append('thing-1', n === 0 ? 'none' : n - 1, [event(n)])
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(n + 1)
  }
  assert.ok(failures.length > 0)
  await stop()
  await log.close()
  asleep.abort()
  await server.close()
})

test('restarts and cut connections in mid-load lose nothing and double nothing', async () => {
  await using fresh = await freshDatabase()
  const kept = await postgresEventLog(fresh.database)
  let server = await serve(kept)
  const { port } = server
  await using wire = await spoiltWire(port)
  const log = await open(wire.port, { timeout: 1_000, patience: 3_000 })
  const { seen, stop } = followed(log)

  const total = 600
  const sent: string[] = []
  let done = 0
  const writing = Promise.all(
    Array.from({ length: 12 }, async (_, lane) => {
      let revision = -1
      const placeless = `anywhere-${lane}`
      for (let n = lane; n < total; n += 12) {
        const events = Array.from({ length: 1 + (n % 3) }, () => event(n))
        sent.push(...events.map(({ eventId }) => eventId))
        if (n % 5 === 0) await insist(log, placeless, 'any', events)
        else {
          const expected = revision < 0 ? 'none' : revision
          const appended = await insist(log, `thing-${lane}`, expected, events)
          assert.equal(appended.revision, revision + events.length)
          ;({ revision } = appended)
        }
        done += 1
      }
    }),
  )
  wire.cutAfter(() => randomInt(1_000, 60_000))
  wire.cut()
  for (const share of [0.1, 0.3, 0.5, 0.7]) {
    await until(
      () => done,
      (count) => count > share * total,
    )
    await server.close()
    server = await serve(kept, port)
  }
  wire.cutAfter(undefined)
  await writing
  await expect.poll(() => seen.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(sent.length)

  const there = (await kept.readAll({ limit: 10_000 })).events.map(({ eventId }) => eventId)
  assert.deepEqual(there.toSorted(), sent.toSorted())
  assert.deepEqual(
    seen.map(({ eventId }) => eventId),
    there,
  )
  assert.ok(log.health().resubscriptions > 3)
  await stop()
  await log.close()
  await server.close()
  await kept.close()
})

test('a conflict is told with the place where the stream is, also after an outage', async () => {
  const kept = memoryEventLog()
  const server = await serve(kept)
  await using wire = await spoiltWire(server.port)
  const log = await open(wire.port, { timeout: 300 })
  await kept.append('thing-1', 'none', [event(1), event(2)])
  wire.freeze()
  await assert.rejects(
    log.append('thing-1', 'none', [event(3)]),
    (error) => error instanceof Conflict && error.revision === 1,
  )
  await log.close()
  await server.close()
})
