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
import { append, batching, served } from './testing/served.ts'

const event = (data: Record<string, unknown> = {}, type = 'OrderPlaced') =>
  jsonEvent({ type, data })
const failure = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

/** An endpoint, and a client that appends to it by BatchAppend and has done so once. */
const servedInBatches = async (options: Parameters<typeof served>[0] = {}) => {
  const { endpoint, log } = await served(options)
  const client = batching(endpoint.url)
  // The first append of a client is sent behind those that are called in the same turn.
  await client.appendToStream('first-1', []).catch(() => undefined)
  return { endpoint, log, client }
}

/** A log in memory that answers appends when it is let go on. */
const waitingLog = () => {
  const memory = memoryEventLog()
  const asked = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const log: typeof memory = {
    ...memory,
    appendInOrder: async (appends) => {
      asked.resolve()
      await goOn.promise
      return memory.appendInOrder(appends)
    },
  }
  return { log, asked: asked.promise, goOn: goOn.resolve }
}

const appendMany = (client: EventStoreDBClient, count: number) =>
  Array.from({ length: count }, (_, n) =>
    client.appendToStream('order-1', event({ n }), {
      expectedRevision: n === 0 ? 'no_stream' : BigInt(n - 1),
      deadline: 60_000,
    }),
  )

test('3,000 appends that the official client sends in one call without waiting are recorded in order', async () => {
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
  'expecting %s of %s is answered with both versions',
  async (expectedRevision, stream, expectedVersion, actualVersion) => {
    const { client, log } = await servedInBatches()
    await append(log, 'order-1', 'A', 'B')
    const error = await failure(client.appendToStream(stream, event(), { expectedRevision }))
    expect(error).toBeInstanceOf(WrongExpectedVersionError)
    expect(error).toMatchObject({ streamName: stream, expectedVersion, actualVersion })
  },
)

test('nobody appends where it is not writable, nor to system streams', async () => {
  const closed = await servedInBatches({ writable: false })
  expect(await failure(closed.client.appendToStream('order-1', event()))).toBeInstanceOf(
    AccessDeniedError,
  )
  const { client } = await servedInBatches()
  expect(await failure(client.appendToStream('$ce-order', event()))).toBeInstanceOf(
    AccessDeniedError,
  )
})

test('an append that is too large is refused by its size, in one message or in several', async () => {
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

test('what makes no sense is UnknownError with the reason: the client has no other error for it', async () => {
  const { client } = await servedInBatches()
  const error = await failure(client.appendToStream('order', event()))
  expect(error).toBeInstanceOf(UnknownError)
  expect(error).toMatchObject({ message: expect.stringContaining('stream: is to be named') })
})

test('an append without events succeeds where the stream is as expected', async () => {
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

test('an append whose deadline passes before the log answers is DeadlineExceeded, and others go on', async () => {
  const { log, asked, goOn } = waitingLog()
  const { client } = await servedInBatches({ log })
  const late = failure(client.appendToStream('order-1', event(), { deadline: 50 }))
  await asked
  const patient = client.appendToStream('order-2', event(), { deadline: 60_000 })
  expect(await late).toBeInstanceOf(DeadlineExceededError)
  goOn()
  expect(await patient).toMatchObject({ success: true })
  // As with servers: it was on its way.
  expect(await log.read('order-1')).toHaveLength(1)
})

test('an append whose deadline is over when it comes is DeadlineExceeded, and not recorded', async () => {
  const { client, log } = await servedInBatches()
  const late = await failure(client.appendToStream('order-1', event(), { deadline: -1 }))
  expect(late).toBeInstanceOf(DeadlineExceededError)
  expect(await log.read('order-1')).toEqual([])
})

test('an append that the log answers while the endpoint stops gets its answer', async () => {
  const { log, asked, goOn } = waitingLog()
  const { client, endpoint } = await servedInBatches({ log })
  const answered = client.appendToStream('order-1', event())
  await asked
  const closed = endpoint.close()
  goOn()
  expect(await answered).toMatchObject({ success: true, nextExpectedRevision: 0n })
  await closed
})

test('an append that the log does not answer before the endpoint stops is UNAVAILABLE', async () => {
  const { log, asked } = waitingLog()
  const { client, endpoint } = await servedInBatches({ log })
  const refused = failure(client.appendToStream('order-1', event()))
  await asked
  await endpoint.close()
  expect(await refused).toBeInstanceOf(UnavailableError)
})

test('a call that is cut in the middle leaves the first part recorded, and tells all others that it is unavailable', async () => {
  const { endpoint, log } = await served()
  await using wire = await spoiltWire(endpoint.port)
  const client = batching(`esdb://127.0.0.1:${wire.port}?tls=false`)
  await client.appendToStream('first-1', [])
  const appends = appendMany(client, 500)
  await appends[100]
  wire.cut()
  const results = await Promise.allSettled(appends)
  const taken = results.findIndex(({ status }) => status === 'rejected')
  expect(taken).toBeGreaterThan(100)
  for (const result of results.slice(taken))
    expect(result).toMatchObject({ status: 'rejected', reason: { type: 'unavailable' } })
  const events = await log.read('order-1')
  expect(events.length).toBeGreaterThanOrEqual(taken)
  expect(events.map(({ data }) => data)).toEqual(events.map((_, n) => ({ n })))
})
