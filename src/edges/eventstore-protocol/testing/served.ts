import { randomUUID } from 'node:crypto'
import { credentials, type ClientReadableStream, Metadata } from '@grpc/grpc-js'
import { EventStoreDBClient } from '@eventstore/db-client'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import grpc from '@eventstore/db-client/generated/streams_grpc_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import { onTestFinished } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../../../platform/storage/event-log/memory.ts'
import type { EventLog, NewEvent } from '../../../platform/storage/event-log/port.ts'
import { serveEventStore, type Endpoint, type EndpointOptions } from '../endpoint.ts'

/** Creates an event for tests. */
export const anEvent = (type = 'OrderPlaced', data: unknown = {}): NewEvent => ({
  eventId: randomUUID(),
  type,
  data,
  metadata: someMetadata,
})

/** Appends one event for each type to the end of a stream. */
export const append = (log: Pick<EventLog, 'append'>, stream: string, ...types: string[]) =>
  log.append(
    stream,
    'any',
    types.map((type) => anEvent(type)),
  )

/** Connects a client to an endpoint; disposed of after the test. */
export const clientOf = (url: string): EventStoreDBClient => {
  const client = EventStoreDBClient.connectionString(url)
  onTestFinished(() => client.dispose())
  return client
}

/** Serves a log, in memory by default, for one test, and connects a client. */
export const served = async (
  options: Partial<EndpointOptions> = {},
): Promise<{
  readonly endpoint: Endpoint
  readonly client: EventStoreDBClient
  readonly log: EndpointOptions['log']
}> => {
  const log = options.log ?? memoryEventLog()
  const endpoint = await serveEventStore({
    host: '127.0.0.1',
    port: 0,
    writable: true,
    masked: (event) => event,
    ...options,
    log,
  })
  onTestFinished(() => endpoint.close())
  return { endpoint, client: clientOf(endpoint.url), log }
}

/** Builds a request of `Streams.Read` that the official client does not send. */
export const requestOf = (
  fill: (
    options: InstanceType<typeof streams.ReadReq.Options>,
    make: typeof streams.ReadReq.Options,
  ) => void,
): ReadReq => {
  const options = new streams.ReadReq.Options()
  const empty = new shared.Empty()
  options.setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(empty))
  options.setNoFilter(empty)
  fill(options, streams.ReadReq.Options)
  return new streams.ReadReq().setOptions(options)
}

/** Connects the generated gRPC client, without the official client around it. */
export const rawStreams = (port: number): InstanceType<typeof grpc.StreamsClient> => {
  const client = new grpc.StreamsClient(`127.0.0.1:${port}`, credentials.createInsecure())
  onTestFinished(() => client.close())
  return client
}

/** Calls `Streams.Read` with the generated client. */
export const rawRead = (port: number, request: ReadReq): ClientReadableStream<ReadResp> =>
  // A first connection that fails on a busy machine is tried again.
  rawStreams(port).read(request, new Metadata({ waitForReady: true }))

/** Makes a client append by `BatchAppend`, as if the server advertised it. */
export const batching = (client: EventStoreDBClient): EventStoreDBClient =>
  Object.assign(client, { supports: async () => true })
