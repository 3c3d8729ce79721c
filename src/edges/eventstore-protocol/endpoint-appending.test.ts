import { randomUUID } from 'node:crypto'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import {
  AccessDeniedError,
  jsonEvent,
  MaxAppendSizeExceededError,
  persistentSubscriptionToStreamSettingsFromDefaults,
  WrongExpectedVersionError,
  type AppendExpectedRevision,
} from '@eventstore/db-client'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { EventRefused } from '../../platform/storage/event-log/port.ts'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { postgresEventLog } from '../../platform/storage/event-log/postgres.ts'
import { countedCommits } from '../../platform/storage/event-log/testing/counted-commits.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { append, rawStreams, served } from './testing/served.ts'
import { toWire } from '../../platform/engines/eventstoredb/wire.ts'

const event = (data: Record<string, unknown> = {}, type = 'OrderPlaced') =>
  jsonEvent({ type, data })
const failure = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

test('the events of an append are recorded atomically, with their metadata and their own time', async () => {
  const { client, log } = await served()
  const at = '2020-01-01T00:00:00.000Z'
  const id = randomUUID()
  const result = await client.appendToStream(
    'order-1',
    [
      jsonEvent({
        id,
        type: 'OrderPlaced',
        data: { note: 'ä' },
        metadata: toWire(someMetadata, at),
      }),
      event({}, 'OrderPaid'),
    ],
    { expectedRevision: 'no_stream' },
  )
  expect(result).toEqual({
    success: true,
    nextExpectedRevision: 1n,
    position: { commit: 2n, prepare: 2n },
  })
  const [first, second] = await log.read('order-1')
  expect(first).toMatchObject({ eventId: id, data: { note: 'ä' }, metadata: someMetadata, at })
  expect(second).toMatchObject({ type: 'OrderPaid', metadata: { actorId: 'unknown' } })
})

test.each([
  ['no_stream', 'order-1', 'no_stream', 1n],
  ['stream_exists', 'order-2', 'stream_exists', 'no_stream'],
  [0n, 'order-1', 0n, 1n],
  [7n, 'order-1', 7n, 1n],
  [2n ** 62n, 'order-1', 2n ** 62n, 1n],
  [0n, 'order-2', 0n, 'no_stream'],
] as const)(
  'a conflict (expected %s of %s) is answered with both versions',
  async (expectedRevision, stream, expectedVersion, actualVersion) => {
    const { client, log } = await served()
    await append(log, 'order-1', 'A', 'B')
    const error = await failure(client.appendToStream(stream, event(), { expectedRevision }))
    expect(error).toBeInstanceOf(WrongExpectedVersionError)
    expect(error).toMatchObject({ streamName: stream, expectedVersion, actualVersion })
  },
)

test.each([
  ['any', 'order-1', 2n],
  ['any', 'order-2', 0n],
  ['no_stream', 'order-2', 0n],
  ['stream_exists', 'order-1', 2n],
  [1n, 'order-1', 2n],
] as const)(
  'an append that expects %s of %s succeeds',
  async (expectedRevision, stream, revision) => {
    const { client, log } = await served()
    await append(log, 'order-1', 'A', 'B')
    const result = await client.appendToStream(stream, event(), { expectedRevision })
    expect(result.nextExpectedRevision).toBe(revision)
  },
)

test('a repeated append of the same events gets the first answer', async () => {
  const { client, log } = await served()
  const events = [event(), event()]
  const options = { expectedRevision: 'no_stream' } as const
  const first = await client.appendToStream('order-1', events, options)
  await append(log, 'order-1', 'More')
  expect(await client.appendToStream('order-1', events, options)).toEqual(first)
  expect(await log.head()).toBe(3n)
})

test('the size of an append counts types, data and metadata, and is limited to 1 MiB by default', async () => {
  const { client, log } = await served()
  const mebibyte = 1024 * 1024
  const sized = (bytes: number) => {
    const overhead = Buffer.byteLength(JSON.stringify({ text: '' })) + 2 * 'OrderPlaced'.length
    return event({ text: 'x'.repeat(bytes - overhead) })
  }
  const refused = async (...events: ReturnType<typeof event>[]) => {
    const error = await failure(client.appendToStream('order-1', events))
    expect(error).toBeInstanceOf(MaxAppendSizeExceededError)
    expect(error).toMatchObject({
      maxAppendSize: mebibyte,
      message: expect.stringContaining(`Maximum Append Size of ${mebibyte} Exceeded.`),
    })
  }
  await refused(sized(mebibyte + 1))
  await refused(sized(mebibyte - 50), sized(51))
  await refused(sized(8 * mebibyte))
  const half = 'x'.repeat(mebibyte / 2)
  await refused(jsonEvent({ type: 'OrderPlaced', data: { half }, metadata: { half } }))
  expect(await log.head()).toBe(0n)
  await client.appendToStream('order-1', sized(mebibyte))
  await client.appendToStream('order-1', [sized(mebibyte - 50), sized(50)])
  expect(await log.head()).toBe(3n)

  const roomy = await served({ maxAppendBytes: 2 * mebibyte })
  await roomy.client.appendToStream('order-1', [sized(mebibyte), sized(mebibyte)])
  const all = failure(
    roomy.client.appendToStream('order-1', [sized(mebibyte), sized(mebibyte), sized(100)]),
  )
  expect(await all).toMatchObject({ maxAppendSize: 2 * mebibyte })
  // Every log limits a single event to 1 MiB.
  const one = failure(roomy.client.appendToStream('order-1', sized(mebibyte + 100)))
  expect(await one).toMatchObject({ maxAppendSize: mebibyte })
})

test.each(['order', '', '-1', 'a b-1', `order-${'x'.repeat(500)}`])(
  'an append to a stream named "%s" is rejected',
  async (stream) => {
    const { client } = await served()
    expect(await failure(client.appendToStream(stream, event()))).toMatchObject({
      code: 3,
      message: expect.stringContaining('stream: '),
    })
  },
)

test.each(['$ce-order', '$$order-1'])(
  'an append to the system stream %s is ACCESS_DENIED',
  async (stream) => {
    const { client } = await served()
    expect(await failure(client.appendToStream(stream, event()))).toBeInstanceOf(AccessDeniedError)
  },
)

test.each([
  ['a system type', 'metadata.type', event({}, '$metadata')],
  ['no type', 'metadata.type', event({}, '')],
  ['an id that is not a UUID', 'id', jsonEvent({ id: 'nr-1', type: 'A', data: {} })],
])('an event with %s is rejected, naming the field', async (_, field, bad) => {
  const { client, log } = await served()
  // The valid event before it is not recorded either.
  expect(await failure(client.appendToStream('order-1', [event(), bad]))).toMatchObject({
    code: 3,
    message: expect.stringContaining(`proposedMessage[1].${field}: `),
  })
  expect(await log.head()).toBe(0n)
})

test('text with a literal escape of a lone surrogate is recorded', async () => {
  const { client, log } = await served()
  const data = { text: String.raw`\u0000 \ud83d \\ud83d`, whole: '💐' }
  await client.appendToStream('order-1', event(data))
  expect(await log.read('order-1')).toMatchObject([{ data }])
})

test('an append without events succeeds when the expected revision matches', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B')
  const appendNothing = (stream: string, expectedRevision: AppendExpectedRevision) =>
    client.appendToStream(stream, [], { expectedRevision })
  for (const expected of ['any', 'stream_exists', 1n] as const)
    expect(await appendNothing('order-1', expected)).toMatchObject({
      success: true,
      nextExpectedRevision: 1n,
    })
  for (const expected of ['any', 'no_stream'] as const)
    expect(await appendNothing('order-2', expected)).toMatchObject({ success: true })
  for (const expected of ['no_stream', 0n, 2n] as const)
    expect(await failure(appendNothing('order-1', expected))).toBeInstanceOf(
      WrongExpectedVersionError,
    )
  expect(await failure(appendNothing('order-2', 'stream_exists'))).toBeInstanceOf(
    WrongExpectedVersionError,
  )
  expect(await log.head()).toBe(2n)
})

test('writing the metadata of a stream is ACCESS_DENIED, as for other system streams', async () => {
  const { client } = await served()
  for (const metadata of [{ maxCount: 3 }, {}])
    expect(await failure(client.setStreamMetadata('order-1', metadata))).toBeInstanceOf(
      AccessDeniedError,
    )
})

test('appends that the official client pipelines to one stream share commits, in order', async () => {
  await using fresh = await freshDatabase()
  let commits = 0
  const log = await postgresEventLog(countedCommits(fresh.database, () => (commits += 1)))
  const { client, endpoint } = await served({ log })
  const results = await Promise.all(
    Array.from({ length: 500 }, (_, n) =>
      client.appendToStream('order-1', event({ n }), {
        expectedRevision: n === 0 ? 'no_stream' : BigInt(n - 1),
        deadline: 60_000,
      }),
    ),
  )
  expect(results.map(({ nextExpectedRevision }) => Number(nextExpectedRevision))).toEqual(
    results.map((_, n) => n),
  )
  const events = await log.read('order-1', { limit: results.length })
  expect(events.map(({ data }) => data)).toEqual(results.map((_, n) => ({ n })))
  // The client decides how many arrive together.
  expect(commits).toBeLessThan(results.length / 10)
  await endpoint.close()
  await log.close()
})

test('an event that the log rejects is INVALID_ARGUMENT, an unavailable log is UNAVAILABLE', async () => {
  let error: Error = new EventRefused('OrderPlaced', 'OrderPlaced: data/total is not a number')
  const log = { ...memoryEventLog(), append: () => Promise.reject(error) }
  const { client } = await served({ log })
  expect(await failure(client.appendToStream('order-1', event()))).toMatchObject({
    code: 3,
    message: expect.stringContaining(error.message),
  })
  error = new Unavailable('The log is away')
  expect(await failure(client.appendToStream('order-1', event()))).toMatchObject({
    type: 'unavailable',
  })
})

test('appends to a read-only endpoint are ACCESS_DENIED, and so are deletes', async () => {
  const { client, log } = await served({ writable: false })
  await append(log, 'order-1', 'A')
  const denied = (promise: Promise<unknown>) =>
    expect(promise).rejects.toBeInstanceOf(AccessDeniedError)
  await denied(client.appendToStream('order-1', event()))
  await denied(client.deleteStream('order-1'))
  await denied(client.tombstoneStream('order-1'))
  expect(await log.head()).toBe(1n)
})

test('methods that are not served are UNIMPLEMENTED', async () => {
  const { client } = await served()
  const unimplemented = (promise: Promise<unknown>) =>
    expect(promise).rejects.toMatchObject({ code: 12 })
  const settings = persistentSubscriptionToStreamSettingsFromDefaults()
  await unimplemented(client.createPersistentSubscriptionToStream('order-1', 'group', settings))
  await unimplemented(client.listProjections())
  await unimplemented(client.createProjection('p', 'fromAll()'))
})

test('an expected revision beyond the maximum is clamped to it', async () => {
  const expected: unknown[] = []
  const memory = memoryEventLog()
  const log: typeof memory = {
    ...memory,
    append: (stream, revision, events) => {
      expected.push(revision)
      return memory.append(stream, revision, events)
    },
  }
  const { client } = await served({ log })
  await failure(client.appendToStream('order-1', event(), { expectedRevision: 2n ** 62n }))
  expect(expected).toEqual([2 ** 31 - 1])
})

test('an append that the client cancels half-way is not recorded', async () => {
  const { client, endpoint, log } = await served()
  const answered = Promise.withResolvers<unknown>()
  const call = rawStreams(endpoint.port).append((error) => answered.resolve(error))
  const name = new shared.StreamIdentifier().setStreamName(Buffer.from('order-1'))
  const options = new streams.AppendReq.Options().setStreamIdentifier(name)
  call.write(new streams.AppendReq().setOptions(options.setAny(new shared.Empty())))
  const message = new streams.AppendReq.ProposedMessage()
  message.setId(new shared.UUID().setString(randomUUID())).setData(Buffer.from('{}'))
  message.getMetadataMap().set('type', 'A').set('content-type', 'application/json')
  const sent = new streams.AppendReq().setProposedMessage(message)
  await new Promise((resolve) => call.write(sent, resolve))
  // Once this append is answered, the event of the other call has arrived.
  await client.appendToStream('order-2', event())
  call.cancel()
  await expect(answered.promise).resolves.toMatchObject({ code: 1 })
  await client.appendToStream('order-2', event())
  await client.appendToStream('order-2', event())
  expect(await log.read('order-1')).toEqual([])
})
