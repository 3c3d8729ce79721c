import { randomUUID } from 'node:crypto'
import { jsonEvent, UnavailableError } from '@eventstore/db-client'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { expect, test } from 'vitest'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { append, rawRead, rawStreams, requestOf, served } from './testing/served.ts'

const event = () => jsonEvent({ type: 'OrderPlaced', data: {} })
const failure = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

test('an append that the log does not answer before the endpoint stops is UNAVAILABLE', async () => {
  const appendCalled = Promise.withResolvers<void>()
  const log = {
    ...memoryEventLog(),
    append: () => {
      appendCalled.resolve()
      return new Promise<never>(() => undefined)
    },
  }
  const { client, endpoint } = await served({ log })
  const refused = failure(client.appendToStream('order-1', event()))
  await appendCalled.promise
  await endpoint.close()
  expect(await refused).toBeInstanceOf(UnavailableError)
})

test('an append that the log answers while the endpoint stops gets its answer', async () => {
  const memory = memoryEventLog()
  const appendCalled = Promise.withResolvers<void>()
  const resume = Promise.withResolvers<void>()
  const log: typeof memory = {
    ...memory,
    append: async (...given) => {
      appendCalled.resolve()
      await resume.promise
      return memory.append(...given)
    },
  }
  const { client, endpoint } = await served({ log })
  const answered = client.appendToStream('order-1', event())
  await appendCalled.promise
  const closed = endpoint.close()
  resume.resolve()
  expect(await answered).toMatchObject({ success: true, nextExpectedRevision: 0n })
  await closed
})

test('an append that is incomplete when the endpoint stops is UNAVAILABLE, and not recorded', async () => {
  const { client, endpoint, log } = await served()
  const answered = Promise.withResolvers<unknown>()
  const call = rawStreams(endpoint.port).append((error) => answered.resolve(error))
  const name = new shared.StreamIdentifier().setStreamName(Buffer.from('order-1'))
  const options = new streams.AppendReq.Options().setStreamIdentifier(name)
  call.write(new streams.AppendReq().setOptions(options.setAny(new shared.Empty())))
  const message = new streams.AppendReq.ProposedMessage()
  message.setId(new shared.UUID().setString(randomUUID())).setData(Buffer.from('{}'))
  message.getMetadataMap().set('type', 'A').set('content-type', 'application/json')
  call.write(new streams.AppendReq().setProposedMessage(message))
  // Once this append is answered, the event of the other call has arrived.
  await client.appendToStream('order-2', event())
  await endpoint.close()
  expect(await answered.promise).toMatchObject({ code: 14 })
  expect(await log.read('order-1')).toEqual([])
})

test('a read that runs when the endpoint stops is UNAVAILABLE, for a quick and a slow reader', async () => {
  const { endpoint, log } = await served()
  await append(log, 'order-1', ...Array.from({ length: 20_000 }, () => 'A'))
  const everything = requestOf((options, make) => {
    options.setAll(new make.AllOptions().setStart(new shared.Empty())).setCount('20000')
  })
  const slow = rawRead(endpoint.port, everything)
  const slowEnded = new Promise((resolve) => slow.on('error', resolve))
  await new Promise((resolve) => slow.once('data', resolve))
  slow.pause()
  const subscription = requestOf((options, make) => {
    options.setAll(new make.AllOptions().setStart(new shared.Empty()))
    options.setSubscription(new make.SubscriptionOptions())
  })
  const quick = rawRead(endpoint.port, subscription)
  const quickEnded = new Promise((resolve) => quick.on('error', resolve))
  quick.resume()
  await new Promise((resolve) => quick.once('data', resolve))
  await endpoint.close()
  slow.resume()
  expect(await quickEnded).toMatchObject({ code: 14 })
  expect(await slowEnded).toMatchObject({ code: 14 })
})
