import { credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'
import grpc from '@eventstore/db-client/generated/persistent_grpc_pb.js'
import persistent from '@eventstore/db-client/generated/persistent_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import { expect, onTestFinished, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { memoryEventLog } from '../../../platform/storage/event-log/memory.ts'
import { unauthenticated } from '../call-refused.ts'
import type { Caller } from '../callers.ts'
import { append } from '../testing/served.ts'
import type { Delivery } from './dispatcher.ts'
import type { GroupConsumer } from './group-run.ts'
import { serveConsumer, type ConsumeCall } from './serve-consumer.ts'
import { groupsDefinition } from './serve-groups.ts'

const admin: Caller = { seesAll: true, mayAppend: true, name: 'admin' }
const { ReadReq } = persistent

/** A consumer that is connected to a group of the test. */
const connected = async () => {
  const log = memoryEventLog()
  await append(log, 'order-1', 'OrderPlaced', 'OrderPaid', 'OrderShipped')
  const { events } = await log.readAll()
  const deliveries = events.map((event): Delivery<RecordedEvent> => ({
    consumer: 'a',
    retries: 0,
    message: { place: event.position, id: event.eventId, key: event.stream, event },
  }))
  const world = { now: 0, left: 0, written: 0, callerOf: async () => admin }
  const joined = Promise.withResolvers<GroupConsumer>()
  const closing = new AbortController()
  const read = serveConsumer({
    groups: {
      join: async (_, __, consumer) => {
        joined.resolve(consumer)
        return {
          ack: () => undefined,
          nack: () => undefined,
          written: (_id, count) => (world.written += count),
          leave: async () => void (world.left += 1),
        }
      },
    },
    callerOf: () => world.callerOf(),
    closing: closing.signal,
    onError: () => undefined,
    now: () => world.now,
  })
  const server = new Server()
  server.addService(
    { read: groupsDefinition.read },
    { read: (call: ConsumeCall) => void read(call) },
  )
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  const client = new grpc.PersistentSubscriptionsClient(
    `127.0.0.1:${port}`,
    credentials.createInsecure(),
  )
  onTestFinished(() => {
    client.close()
    server.forceShutdown()
  })
  const call = client.read(new Metadata({ waitForReady: true }))
  const got: string[] = []
  const errors: { code?: number }[] = []
  call.on('data', (answer: InstanceType<typeof persistent.ReadResp>) => {
    const type = answer.getEvent()?.getEvent()?.getMetadataMap().get('type')
    if (type) got.push(type)
  })
  call.on('error', (error: { code?: number }) => errors.push(error))
  const options = new ReadReq.Options()
  options.setAll(new shared.Empty())
  options.setGroupName('mail')
  options.setBufferSize(10)
  options.setUuidOption(new ReadReq.Options.UUIDOption().setString(new shared.Empty()))
  call.write(new ReadReq().setOptions(options))
  const { send } = await joined.promise
  return { world, got, errors, send: (nth: number) => send(deliveries.slice(nth, nth + 1)) }
}

test.each([
  ['lost its full access', async () => ({ ...admin, seesAll: false }), status.PERMISSION_DENIED],
  [
    'has no access any more',
    () => Promise.reject<Caller>(unauthenticated('Name or password is wrong')),
    status.UNAUTHENTICATED,
  ],
])('a caller that %s gets nothing after a minute', async (_, callerOf, code) => {
  const { world, got, errors, send } = await connected()
  send(0)
  await expect.poll(() => got).toEqual(['OrderPlaced'])
  world.now = 60_000
  send(1)
  await expect.poll(() => got).toEqual(['OrderPlaced', 'OrderPaid'])
  await expect.poll(() => world.written).toBe(2)
  world.callerOf = callerOf
  world.now = 120_000
  send(2)
  await expect.poll(() => errors[0]?.code).toBe(code)
  expect(got).toEqual(['OrderPlaced', 'OrderPaid'])
  expect(world.left).toBe(1)
})
