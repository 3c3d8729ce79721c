import {
  AccessDeniedError,
  DeadlineExceededError,
  jsonEvent,
  MaxAppendSizeExceededError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
  type EventStoreDBClient,
} from '@eventstore/db-client'
import { expect, test } from 'vitest'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { spoiltWire } from '../../platform/storage/event-log/testing/wire.ts'
import { append, batching, clientOf, served } from './testing/served.ts'

const event = (data: Record<string, unknown> = {}, type = 'OrderPlaced') =>
  jsonEvent({ type, data })
const failure = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

/** An endpoint, and a client of it that has appended by BatchAppend once. */
const servedInBatches = async (options: Parameters<typeof served>[0] = {}) => {
  const { endpoint, log } = await served(options)
  const client = batching(clientOf(endpoint.url))
  // The first append of a client is sent after those that are called in the same turn.
  await client.appendToStream('first-1', []).catch(() => undefined)
  return { endpoint, log, client }
}

/** A log in memory whose appends wait for `resume`. */
const heldLog = () => {
  const memory = memoryEventLog()
  const appendCalled = Promise.withResolvers<void>()
  const resume = Promise.withResolvers<void>()
  const log: typeof memory = {
    ...memory,
    appendInOrder: async (appends) => {
      appendCalled.resolve()
      await resume.promise
      return memory.appendInOrder(appends)
    },
  }
  return { log, appendCalled: appendCalled.promise, resume: resume.resolve }
}

const appendMany = (client: EventStoreDBClient, count: number) =>
  Array.from({ length: count }, (_, n) =>
    client.appendToStream('order-1', event({ n }), {
      expectedRevision: n === 0 ? 'no_stream' : BigInt(n - 1),
      deadline: 60_000,
    }),
  )

test('3,000 appends that the official client pipelines in one call are recorded in order', async () => {
  const { client, log } = await servedInBatches()
  const results = await Promise.all(appendMany(client, 3_000))
  expect(results.map(({ nextExpectedRevision }) => Number(nextExpectedRevision))).toEqual(
    results.map((_, n) => n),
  )
  const events = await log.read('order-1', { limit: results.length })
  expect(events.map(({ data }) => data)).toEqual(results.map((_, n) => ({ n })))
})

test.each([
  ['no_stream', 'order-1', 'no_stream', 1n],
  ['stream_exists', 'order-2', 'stream_exists', 'no_stream'],
  [0n, 'order-1', 0n, 1n],
  [7n, 'order-2', 7n, 'no_stream'],
] as const)(
  'a conflict (expected %s of %s) is answered with both versions',
  async (expectedRevision, stream, expectedVersion, actualVersion) => {
    const { client, log } = await servedInBatches()
    await append(log, 'order-1', 'A', 'B')
    const error = await failure(client.appendToStream(stream, event(), { expectedRevision }))
    expect(error).toBeInstanceOf(WrongExpectedVersionError)
    expect(error).toMatchObject({ streamName: stream, expectedVersion, actualVersion })
  },
)

test('appends to a read-only endpoint and to system streams are ACCESS_DENIED', async () => {
  const closed = await servedInBatches({ writable: false })
  expect(await failure(closed.client.appendToStream('order-1', event()))).toBeInstanceOf(
    AccessDeniedError,
  )
  const { client } = await servedInBatches()
  expect(await failure(client.appendToStream('$ce-order', event()))).toBeInstanceOf(
    AccessDeniedError,
  )
})

test('an append that is too large is rejected by its size, in one message or in several', async () => {
  const { client, log } = await servedInBatches()
  const mebibyte = 1024 * 1024
  const half = event({ text: 'x'.repeat(mebibyte / 2) })
  for (const events of [[event({ text: 'x'.repeat(mebibyte) })], [half, half, half]]) {
    const error = await failure(
      client.appendToStream('order-1', events, { batchAppendSize: mebibyte }),
    )
    expect(error).toBeInstanceOf(MaxAppendSizeExceededError)
    expect(error).toMatchObject({ maxAppendSize: mebibyte })
  }
  expect(await log.head()).toBe(0n)
  await client.appendToStream('order-1', [half, event()], { batchAppendSize: 1_000 })
  expect(await log.head()).toBe(2n)
})

test('an invalid append is UnknownError with the reason: the client has no other error for it', async () => {
  const { client } = await servedInBatches()
  const error = await failure(client.appendToStream('order', event()))
  expect(error).toBeInstanceOf(UnknownError)
  expect(error).toMatchObject({ message: expect.stringContaining('stream: must be named') })
})

test('an append without events succeeds when the expected revision matches', async () => {
  const { client, log } = await servedInBatches()
  await append(log, 'order-1', 'A', 'B')
  for (const expectedRevision of ['any', 'stream_exists', 1n] as const)
    expect(await client.appendToStream('order-1', [], { expectedRevision })).toMatchObject({
      success: true,
      nextExpectedRevision: 1n,
    })
  expect(
    await failure(client.appendToStream('order-1', [], { expectedRevision: 0n })),
  ).toBeInstanceOf(WrongExpectedVersionError)
  expect(await log.head()).toBe(2n)
})

test('an append whose deadline passes before the log answers is DeadlineExceeded, and others continue', async () => {
  const { log, appendCalled, resume } = heldLog()
  const { client } = await servedInBatches({ log })
  const late = failure(client.appendToStream('order-1', event(), { deadline: 50 }))
  await appendCalled
  const pending = client.appendToStream('order-2', event(), { deadline: 60_000 })
  expect(await late).toBeInstanceOf(DeadlineExceededError)
  resume()
  expect(await pending).toMatchObject({ success: true })
  // As with EventStoreDB's servers, the append was already being recorded.
  expect(await log.read('order-1')).toHaveLength(1)
})

test('an append whose deadline has passed on arrival is DeadlineExceeded, and not recorded', async () => {
  const { client, log } = await servedInBatches()
  const late = await failure(client.appendToStream('order-1', event(), { deadline: -1 }))
  expect(late).toBeInstanceOf(DeadlineExceededError)
  expect(await log.read('order-1')).toEqual([])
})

test('an append that the log answers while the endpoint stops gets its answer', async () => {
  const { log, appendCalled, resume } = heldLog()
  const { client, endpoint } = await servedInBatches({ log })
  const answered = client.appendToStream('order-1', event())
  await appendCalled
  const closed = endpoint.close()
  resume()
  expect(await answered).toMatchObject({ success: true, nextExpectedRevision: 0n })
  await closed
})

test('an append that the log does not answer before the endpoint stops is UNAVAILABLE', async () => {
  const { log, appendCalled } = heldLog()
  const { client, endpoint } = await servedInBatches({ log })
  const refused = failure(client.appendToStream('order-1', event()))
  await appendCalled
  await endpoint.close()
  expect(await refused).toBeInstanceOf(UnavailableError)
})

test('after a connection is cut, the first appends are recorded, and the others fail as unavailable', async () => {
  const { endpoint, log } = await served()
  await using wire = await spoiltWire(endpoint.port)
  const client = batching(clientOf(`esdb://127.0.0.1:${wire.port}?tls=false`))
  await client.appendToStream('first-1', [])
  const appends = appendMany(client, 500)
  await appends[100]
  wire.cut()
  const results = await Promise.allSettled(appends)
  const firstFailed = results.findIndex(({ status }) => status === 'rejected')
  expect(firstFailed).toBeGreaterThan(100)
  for (const result of results.slice(firstFailed))
    expect(result).toMatchObject({ status: 'rejected', reason: { type: 'unavailable' } })
  const events = await log.read('order-1')
  expect(events.length).toBeGreaterThanOrEqual(firstFailed)
  expect(events.map(({ data }) => data)).toEqual(events.map((_, n) => ({ n })))
})
