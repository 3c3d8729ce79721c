import { randomUUID } from 'node:crypto'
import { binaryEvent, EventStoreDBClient, jsonEvent, START } from '@eventstore/db-client'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { expect, test } from 'vitest'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { postgresEventLog } from '../../platform/storage/event-log/postgres.ts'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { rawRead, rawStreams, requestOf, served } from './testing/served.ts'

const json = 'application/json'
const binary = 'application/octet-stream'

type Content = { readonly type: string; readonly data: Buffer; readonly metadata: Buffer }

/** Appends one event with any bytes, which the official client does not allow. */
const appendRaw = (port: number, stream: string, { type, data, metadata }: Content) =>
  new Promise<void>((resolve, reject) => {
    const call = rawStreams(port).append((error) => (error ? reject(error) : resolve()))
    const name = new shared.StreamIdentifier().setStreamName(Buffer.from(stream))
    const options = new streams.AppendReq.Options().setStreamIdentifier(name)
    call.write(new streams.AppendReq().setOptions(options.setAny(new shared.Empty())))
    const message = new streams.AppendReq.ProposedMessage()
    message.setId(new shared.UUID().setString(randomUUID()))
    message.setData(data).setCustomMetadata(metadata)
    message.getMetadataMap().set('type', 'Theirs').set('content-type', type)
    call.write(new streams.AppendReq().setProposedMessage(message))
    call.end()
  })

/** Reads the events of a stream as bytes. */
const readRaw = async (port: number, stream: string): Promise<Content[]> => {
  const request = requestOf((options, make) => {
    const name = new shared.StreamIdentifier().setStreamName(Buffer.from(stream))
    const from = new make.StreamOptions().setStreamIdentifier(name).setStart(new shared.Empty())
    options.setStream(from).setCount('100')
  })
  const found: Content[] = []
  for await (const answer of rawRead(port, request)) {
    const event = answer.getEvent()?.getEvent()
    if (event)
      found.push({
        type: event.getMetadataMap().get('content-type') ?? '',
        data: Buffer.from(event.getData_asU8()),
        metadata: Buffer.from(event.getCustomMetadata_asU8()),
      })
  }
  return found
}

const contents: readonly Content[] = [
  { type: json, data: Buffer.from('{"b": 1.0,\n "a":[1e2]}'), metadata: Buffer.from('') },
  {
    type: json,
    data: Buffer.from('{"text":"\\u0000 \\ud83d"}'),
    metadata: Buffer.from('{"z":1, "a":2}'),
  },
  { type: json, data: Buffer.from('not JSON'), metadata: Buffer.from('nor this') },
  {
    type: json,
    data: Buffer.from(`${'['.repeat(1_000)}${']'.repeat(1_000)}`),
    metadata: Buffer.from('[]'),
  },
  { type: json, data: Buffer.from(''), metadata: Buffer.from('{"$correlationId":"theirs"}') },
  {
    type: json,
    data: Buffer.from('"half \xff"', 'latin1'),
    metadata: Buffer.from('{"a":"\\u0000"}'),
  },
  { type: binary, data: Buffer.from([0, 1, 255]), metadata: Buffer.from([0, 254]) },
  {
    type: binary,
    data: Buffer.alloc(0),
    metadata: Buffer.from('{"large":"' + 'x'.repeat(100_000) + '"}'),
  },
]

test.each(['memory', 'PostgreSQL'])(
  'events of another program are returned byte for byte, from a log in %s',
  async (kind) => {
    await using fresh = kind === 'memory' ? undefined : await freshDatabase()
    const log = fresh ? await postgresEventLog(fresh.database) : memoryEventLog()
    const { endpoint } = await served({ log })
    for (const content of contents) await appendRaw(endpoint.port, 'theirs-1', content)
    expect(await readRaw(endpoint.port, 'theirs-1')).toEqual(contents)
    // Readers of the log find the data and metadata that every event has.
    const events = await log.read('theirs-1')
    expect(events.map(({ data }) => data)).toEqual([
      { b: 1, a: [100] },
      contents[1]!.data.toString(),
      'not JSON',
      contents[3]!.data.toString(),
      null,
      contents[5]!.data.toString('base64'),
      contents[6]!.data.toString('base64'),
      null,
    ])
    for (const { metadata, eventId } of events)
      expect(metadata).toMatchObject({ causationId: eventId, actorId: 'unknown', schemaVersion: 1 })
    await endpoint.close()
    await log.close()
  },
)

test('the official client reads what it appended: no metadata, its own metadata, and binary events', async () => {
  const { client } = await served()
  await client.appendToStream('theirs-1', [
    jsonEvent({ type: 'Plain', data: { a: 1 } }),
    jsonEvent({ type: 'Noted', data: { a: 2 }, metadata: { note: 'mine' } }),
    binaryEvent({ type: 'Blob', data: Buffer.from([1, 255]), metadata: Buffer.from([7]) }),
  ])
  const read = async (from: EventStoreDBClient) => {
    const found = []
    for await (const { event } of from.readAll({ fromPosition: START }))
      found.push([event?.isJson, event?.data, event?.metadata])
    return found
  }
  expect(await read(client)).toEqual([
    [true, { a: 1 }, undefined],
    [true, { a: 2 }, { note: 'mine' }],
    [false, Uint8Array.from([1, 255]), Uint8Array.from([7])],
  ])
})

test('a masked event is returned without its original bytes', async () => {
  const log = memoryEventLog()
  const writer = await served({ log })
  const both = [
    jsonEvent({ type: 'Secret', data: { name: 'Ann' }, metadata: { note: 'mine' } }),
    jsonEvent({
      type: 'Open',
      data: { name: 'Ann' },
      metadata: { $correlationId: 'theirs', user: 'ann@example.org' },
    }),
  ]
  await writer.client.appendToStream('theirs-1', both)
  await writer.client.appendToStream(
    'theirs-1',
    binaryEvent({ type: 'Secret', data: Buffer.from('Ann') }),
  )
  const { client, endpoint } = await served({
    log,
    writable: false,
    masked: (event) => (event.type === 'Secret' ? { ...event, data: '***' } : event),
  })
  const found = []
  for await (const { event } of client.readStream('theirs-1')) found.push(event?.data)
  expect(found).toEqual(['***', { name: 'Ann' }, '***'])
  const raw = await readRaw(endpoint.port, 'theirs-1')
  expect(raw.map(({ type, data }) => [type, data.toString()])).toEqual([
    [json, '"***"'],
    [json, '{"name":"Ann"}'],
    [json, '"***"'],
  ])
  // Of the metadata, only the keys that Agora gives every event.
  const shown = raw.map(({ metadata }) => JSON.parse(metadata.toString()))
  for (const metadata of shown)
    expect(Object.keys(metadata).toSorted()).toEqual([
      '$causationId',
      '$correlationId',
      'actorId',
      'commandId',
      'occurredAt',
      'schemaVersion',
    ])
  expect(shown[1]).toMatchObject({ $correlationId: 'theirs' })
})

test('an unknown content type is rejected, naming the field', async () => {
  const { endpoint, log } = await served()
  const content = { type: 'text/plain', data: Buffer.from('a'), metadata: Buffer.from('') }
  await expect(appendRaw(endpoint.port, 'theirs-1', content)).rejects.toMatchObject({
    code: 3,
    details: expect.stringContaining('proposedMessage[0].metadata.content-type: '),
  })
  expect(await log.head()).toBe(0n)
})
