import { randomUUID } from 'node:crypto'
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import {
  persistentSubscriptionToAllSettingsFromDefaults as ofAll,
  START,
} from '@eventstore/db-client'
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js'
import persistent from '@eventstore/db-client/generated/persistent_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { expect, onTestFinished, test } from 'vitest'
import { led } from './testing/led.ts'
import { rawRead, requestOf, served } from './testing/served.ts'

/** A field of 40 bytes, of which none come. */
const noMessage = Buffer.from([10, 40])

/**
 * Calls a stream in both directions with bytes, and the last ones only after the first answer.
 * @returns the number of answers, and the error of the call
 */
const answersTo = async (
  port: number,
  path: string,
  requests: readonly Uint8Array[],
  last: Uint8Array,
) => {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  onTestFinished(() => client.close())
  const same = (bytes: Buffer) => bytes
  const call = client.makeBidiStreamRequest(path, same, same, new Metadata({ waitForReady: true }))
  onTestFinished(() => call.cancel())
  let answers = 0
  const ended = Promise.withResolvers<ServiceError | undefined>()
  call.on('data', () => (answers += 1))
  call.on('end', () => ended.resolve(undefined))
  call.on('error', ended.resolve)
  for (const request of requests) call.write(Buffer.from(request))
  call.write(Buffer.from(last))
  return { error: await ended.promise, answers }
}

/** An append without a stream, which is refused at once. */
const refusedAppend = (): Uint8Array =>
  new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(randomUUID()))
    .setOptions(new streams.BatchAppendReq.Options())
    .setIsFinal(true)
    .serializeBinary()

test('a batch ends with a status where bytes that are no message follow requests', async () => {
  const { endpoint } = await served()
  const { path } = streamsGrpc.StreamsService.batchAppend
  const requests = Array.from({ length: 5 }, refusedAppend)
  const { error } = await answersTo(endpoint.port, path, requests, noMessage)
  expect(error).toMatchObject({ code: 3, details: expect.stringMatching(/not a message/) })
})

test('a consumer is refused whose first or later request is no message', async () => {
  const { endpoint, client } = await led()
  await client.createPersistentSubscriptionToAll('mail', ofAll({ startFrom: START }))
  const { path } = persistentGrpc.PersistentSubscriptionsService.read
  const options = new persistent.ReadReq.Options().setAll(new shared.Empty())
  const first = new persistent.ReadReq().setOptions(options.setGroupName('mail').setBufferSize(10))
  for (const requests of [[], [first.serializeBinary()]])
    expect((await answersTo(endpoint.port, path, requests, noMessage)).error).toMatchObject({
      code: 3,
      details: expect.stringMatching(/not a message/),
    })
})

test('gossip is refused to a client that calls an authority which is no address', async () => {
  const { endpoint } = await served()
  const client = new gossip.GossipClient(
    `127.0.0.1:${endpoint.port}`,
    credentials.createInsecure(),
    { 'grpc.default_authority': 'host:99999' },
  )
  onTestFinished(() => client.close())
  const error = await new Promise((resolve) =>
    client.read(new shared.Empty(), new Metadata({ waitForReady: true }), resolve),
  )
  expect(error).toMatchObject({ code: 3, details: expect.stringMatching(/^:authority/) })
})

test('a name that is repeated in an error does not break the connection', async () => {
  const { endpoint } = await served()
  const call = streamsGrpc.StreamsService.append
  const client = new Client(`127.0.0.1:${endpoint.port}`, credentials.createInsecure())
  onTestFinished(() => client.close())
  const options = new streams.AppendReq.Options().setStreamIdentifier(
    new shared.StreamIdentifier().setStreamName(Buffer.from(`$${'ü'.repeat(50_000)}`)),
  )
  const error = await new Promise((resolve) => {
    const sent = client.makeClientStreamRequest(
      call.path,
      call.requestSerialize,
      call.responseDeserialize,
      new Metadata({ waitForReady: true }),
      resolve,
    )
    sent.end(new streams.AppendReq().setOptions(options))
  })
  expect(error).toMatchObject({ code: 7, details: expect.stringMatching(/^\$ü{1149}\.\.\.$/) })
  const request = requestOf((read, make) =>
    read.setAll(new make.AllOptions().setStart(new shared.Empty())).setCount('1'),
  )
  for await (const answer of rawRead(endpoint.port, request)) expect(answer.hasEvent()).toBe(false)
})

test('an error that repeats a lone surrogate of the request is answered', async () => {
  const { endpoint } = await served()
  const client = new Client(`127.0.0.1:${endpoint.port}`, credentials.createInsecure())
  onTestFinished(() => client.close())
  const request = requestOf((read, make) => {
    const regex = new make.FilterOptions.Expression().setRegex('(???')
    read
      .setAll(new make.AllOptions().setStart(new shared.Empty()))
      .setCount('1')
      .setFilter(new make.FilterOptions().setEventType(regex))
  })
  // What Protocol Buffers do not allow, and the library reads all the same.
  const bytes = Buffer.from(
    Buffer.from(request.serializeBinary()).toString('latin1').replace('???', '\xed\xa0\x80'),
    'latin1',
  )
  const { path, responseDeserialize } = streamsGrpc.StreamsService.read
  const error = await new Promise((resolve) =>
    client
      .makeServerStreamRequest(
        path,
        (same: Buffer) => same,
        responseDeserialize,
        bytes,
        new Metadata({ waitForReady: true }),
      )
      .on('error', resolve)
      .resume(),
  )
  expect(error).toMatchObject({
    code: 3,
    details: expect.stringMatching(/^filter\.regex: .*\ufffd/),
  })
})
