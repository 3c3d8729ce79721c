import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { until } from '../../../../test/support/until.ts'
import { memoryStreamIndex } from '../stream-index/memory.ts'
import { Unavailable } from '../../unavailable.ts'
import { eventStoreLog } from './eventstoredb.ts'
import { memoryEventLog } from './memory.ts'
import { Conflict } from './port.ts'
import { event, followed, open, serve } from './testing/eventstoredb.ts'
import { listening, spoiltWire } from './testing/wire.ts'

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
  await assert.rejects(log.append('thing-1', 'none', [event(1)]), Unavailable)
  await assert.rejects(log.read('thing-1'), Unavailable)
  await assert.rejects(log.readAll(), Unavailable)
  await assert.rejects(log.head(), Unavailable)
  await assert.rejects(log.categories(), Unavailable)
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

test('an append that never left is not taken for one that was there before', async () => {
  const kept = memoryEventLog()
  const first = await serve(kept)
  const log = await open(first.port)
  await first.close()
  await assert.rejects(log.head(), Unavailable)
  const appending = log.append('thing-1', 'none', [event(1)])
  await assert.rejects(log.head(), Unavailable)
  const second = await serve(kept, first.port)
  assert.deepEqual(await appending, { revision: 0, position: 1n })
  await log.close()
  await second.close()
})

test('appends to one stream keep their order while the first of them is tried again', async () => {
  const kept = memoryEventLog()
  let isAway = true
  const server = await serve({
    ...kept,
    append: async (...given) => {
      if (isAway) {
        isAway = false
        throw new Unavailable('Away, once')
      }
      return kept.append(...given)
    },
  })
  const log = await open(server.port)
  const sent = Array.from({ length: 10 }, (_, n) => event(n))
  await Promise.all(sent.map((one, n) => log.append('thing-1', n === 0 ? 'none' : n - 1, [one])))
  assert.deepEqual(
    (await kept.read('thing-1')).map(({ eventId }) => eventId),
    sent.map(({ eventId }) => eventId),
  )
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
        if (appends === 1) wire.deafen()
        return kept.append(...given)
      },
    })
    await using wire = await spoiltWire(server.port)
    const log = await open(wire.port)
    const appending = log.append('thing-1', expected, [event(1), event(2)])
    await until(kept.head, (head) => head === 2n)
    await kept.append('thing-1', 1, [event(3)])
    wire.cut()
    assert.deepEqual(await appending, { revision: 1, position: 2n, before: true })
    assert.equal(await kept.head(), 3n)
    // Servers promise little about the second of two appends that may go anywhere.
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
  // Time enough for eight megabytes, also on a busy machine.
  const log = await open(wire.port, { timeout: 1_000, patience: 12_000 })
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
  await expect.poll(() => seen.length).toBe(2)
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
    await expect.poll(() => seen.length).toBe(n + 1)
  }
  assert.ok(failures.length > 0)
  await stop()
  await log.close()
  asleep.abort()
  await server.close()
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
