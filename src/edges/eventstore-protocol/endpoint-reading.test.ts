import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import {
  BACKWARDS,
  END,
  FORWARDS,
  START,
  StreamNotFoundError,
  type ResolvedEvent,
} from '@eventstore/db-client'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { Unavailable } from '../../platform/unavailable.ts'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { anEvent, append, rawRead, requestOf, served } from './testing/served.ts'
import { toWire } from '../../platform/engines/eventstoredb/wire.ts'

const read = async (events: AsyncIterable<ResolvedEvent>) => {
  const found: ResolvedEvent['event'][] = []
  for await (const { event } of events) found.push(event)
  return found
}
const revisions = async (events: AsyncIterable<ResolvedEvent>) =>
  (await read(events)).map((event) => Number(event?.revision))
const positions = async (events: AsyncIterable<ResolvedEvent>) =>
  (await read(events)).map((event) => Number(event?.position?.commit))
const at = (position: number) => ({ commit: BigInt(position), prepare: BigInt(position) })

/** Two streams with five events: positions 1 to 5, of which 3 is the payment's. */
const five = async () => {
  const it = await served()
  await append(it.log, 'order-1', 'OrderPlaced', 'OrderPaid')
  await append(it.log, 'payment-1', 'CardCharged')
  await append(it.log, 'order-1', 'OrderPacked', 'OrderShipped')
  return it
}

const answersTo = async (port: number, request: ReadReq) => {
  const answers = []
  for await (const answer of rawRead(port, request)) answers.push(answer)
  return answers
}

test('an event is read as recorded, with the field names of EventStoreDB', async () => {
  const recordedAt = '2030-01-02T03:04:05.678Z'
  const { client, log } = await served({ log: memoryEventLog(() => new Date(recordedAt)) })
  const event = anEvent('OrderPlaced', { note: 'Größe — 💐', lines: [1, 2], none: null })
  await log.append('order-ä-1', 'none', [event])
  const [found] = await read(client.readStream('order-ä-1'))
  expect(found).toEqual({
    streamId: 'order-ä-1',
    id: event.eventId,
    type: 'OrderPlaced',
    data: event.data,
    metadata: toWire(someMetadata, recordedAt),
    isJson: true,
    revision: 0n,
    position: at(1),
    created: new Date(recordedAt),
  })
})

test('a stream is read in both directions, including both ends', async () => {
  const { client } = await five()
  const range = (
    fromRevision: bigint | 'start' | 'end',
    direction: 'forwards' | 'backwards',
    n = 9,
  ) => revisions(client.readStream('order-1', { fromRevision, direction, maxCount: n }))
  expect(await range(START, FORWARDS)).toEqual([0, 1, 2, 3])
  expect(await range(2n, FORWARDS)).toEqual([2, 3])
  expect(await range(1n, FORWARDS, 2)).toEqual([1, 2])
  expect(await range(9n, FORWARDS)).toEqual([])
  expect(await range(END, FORWARDS)).toEqual([])
  expect(await range(END, BACKWARDS)).toEqual([3, 2, 1, 0])
  expect(await range(2n, BACKWARDS)).toEqual([2, 1, 0])
  expect(await range(9n, BACKWARDS, 1)).toEqual([3])
  expect(await range(2n ** 63n, BACKWARDS, 1)).toEqual([3])
  expect(await range(START, BACKWARDS)).toEqual([0])
})

test('reading the log includes the start position forwards, and excludes it backwards', async () => {
  const { client } = await five()
  const range = (from: number | 'start' | 'end', direction: 'forwards' | 'backwards', n = 9) =>
    positions(
      client.readAll({
        fromPosition: typeof from === 'number' ? at(from) : from,
        direction,
        maxCount: n,
      }),
    )
  expect(await range(START, FORWARDS)).toEqual([1, 2, 3, 4, 5])
  expect(await range(0, FORWARDS, 1)).toEqual([1])
  expect(await range(3, FORWARDS)).toEqual([3, 4, 5])
  expect(await range(99, FORWARDS)).toEqual([])
  expect(await range(END, FORWARDS)).toEqual([])
  expect(await range(END, BACKWARDS, 2)).toEqual([5, 4])
  expect(await range(3, BACKWARDS)).toEqual([2, 1])
  expect(await range(99, BACKWARDS, 1)).toEqual([5])
  expect(await range(START, BACKWARDS)).toEqual([])
})

test('a read of a log with sparse positions includes the event at the start position', async () => {
  const { dense: _, ...log } = memoryEventLog()
  const { client } = await served({ log })
  await append(log, 'order-1', 'A', 'B', 'C')
  expect(await positions(client.readAll({ fromPosition: at(2) }))).toEqual([2, 3])
})

test('a long stream and a long log are read completely, over many pages', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', ...Array.from({ length: 1_234 }, () => 'OrderPlaced'))
  const up = Array.from({ length: 1_234 }, (_, index) => index)
  expect(await revisions(client.readStream('order-1'))).toEqual(up)
  expect(await revisions(client.readAll())).toEqual(up)
  expect(
    await revisions(client.readStream('order-1', { direction: BACKWARDS, fromRevision: END })),
  ).toEqual(up.toReversed())
  expect(await revisions(client.readAll({ direction: BACKWARDS, fromPosition: END }))).toEqual(
    up.toReversed(),
  )
})

test.each(['order-2', 'nonsense', '$ce-order', '$$order-1', '$streams'])(
  'the stream %s has no events and is not found',
  async (stream) => {
    const { client } = await five()
    const error = await read(client.readStream(stream)).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(StreamNotFoundError)
    expect(error).toMatchObject({ streamName: stream })
  },
)

test('ids are written as two halves for clients that request it', async () => {
  const { client: _, endpoint, log } = await served()
  const event = { ...anEvent(), eventId: 'f0e1d2c3-b4a5-4968-8776-05f4e3d2c1b0' }
  await log.append('order-1', 'none', [event])
  const [answer] = await answersTo(
    endpoint.port,
    requestOf((options, { AllOptions, UUIDOption }) => {
      options.setAll(new AllOptions().setStart(new shared.Empty()))
      options.setUuidOption(new UUIDOption().setStructured(new shared.Empty()))
      options.setCount('10')
    }),
  )
  const halves = answer?.getEvent()?.getEvent()?.getId()?.getStructured()
  expect(
    [halves?.getMostSignificantBits(), halves?.getLeastSignificantBits()]
      .map((half) => BigInt.asUintN(64, BigInt(half ?? 0)).toString(16))
      .join(''),
  ).toBe(event.eventId.replaceAll('-', ''))
})

test('the end of the stream or log is sent to clients that request it', async () => {
  const { endpoint } = await five()
  const ends = (fill: Parameters<typeof requestOf>[0]) =>
    answersTo(
      endpoint.port,
      requestOf((options, make) => {
        options.setCount('1')
        options.setControlOption(new make.ControlOption().setCompatibility(1))
        fill(options, make)
      }),
    )
  const ofStream = await ends((options, { StreamOptions }) => {
    const name = new shared.StreamIdentifier().setStreamName(Buffer.from('order-1'))
    options.setStream(new StreamOptions().setStreamIdentifier(name).setStart(new shared.Empty()))
  })
  expect(ofStream.at(-1)?.getLastStreamPosition()).toBe('3')
  const ofLog = await ends((options, { AllOptions }) =>
    options.setAll(new AllOptions().setStart(new shared.Empty())),
  )
  expect(ofLog.at(-1)?.getLastAllStreamPosition()?.getCommitPosition()).toBe('5')
})

test('a filtered read counts the events that match', async () => {
  const { endpoint } = await five()
  const types = async (
    of: 'stream' | 'type',
    expression: { regex?: string; prefixes?: string[] },
  ) => {
    const answers = await answersTo(
      endpoint.port,
      requestOf((options, { AllOptions, FilterOptions }) => {
        const by = new FilterOptions.Expression()
        by.setRegex(expression.regex ?? '').setPrefixList(expression.prefixes ?? [])
        const filter = new FilterOptions().setCount(new shared.Empty())
        if (of === 'stream') filter.setStreamIdentifier(by)
        else filter.setEventType(by)
        options.setAll(new AllOptions().setStart(new shared.Empty()))
        options.setFilter(filter.setCheckpointintervalmultiplier(1))
        options.setCount('2')
      }),
    )
    return answers.map((answer) => answer.getEvent()?.getEvent()?.getMetadataMap().get('type'))
  }
  expect(await types('stream', { prefixes: ['payment-'] })).toEqual(['CardCharged'])
  expect(await types('stream', { regex: '1$' })).toEqual(['OrderPlaced', 'OrderPaid'])
  expect(await types('type', { prefixes: ['OrderPa', 'Card'] })).toEqual([
    'OrderPaid',
    'CardCharged',
  ])
  expect(await types('type', { regex: '^(?:OrderShipped|CardCharged)$' })).toEqual([
    'CardCharged',
    'OrderShipped',
  ])
  expect(await types('type', { regex: '[kp]ped$' })).toEqual(['OrderShipped'])
})

test('an unavailable log is UNAVAILABLE, and the message of an unexpected error is not sent', async () => {
  const errors: unknown[] = []
  let error: Error = new Unavailable('The log is away')
  const log = {
    ...memoryEventLog(),
    readAll: () => Promise.reject(error),
  }
  const { client, endpoint } = await served({ log, onError: (error) => errors.push(error) })
  await expect(read(client.readAll())).rejects.toMatchObject({ type: 'unavailable' })
  error = new Error('secret message')
  const all = requestOf((options, { AllOptions }) => {
    options.setAll(new AllOptions().setStart(new shared.Empty()))
    options.setCount('1')
  })
  await expect(answersTo(endpoint.port, all)).rejects.toMatchObject({
    code: 13,
    details: expect.not.stringContaining('secret'),
  })
  expect(errors).toEqual([error])
})

test.each<[string, Parameters<typeof requestOf>[0]]>([
  ['options', () => undefined],
  ['options', (options, { AllOptions }) => options.setAll(new AllOptions()).setCount('1')],
  [
    'options',
    (options, { AllOptions, SubscriptionOptions }) =>
      options
        .setAll(new AllOptions().setStart(new shared.Empty()))
        .setReadDirection(1)
        .setSubscription(new SubscriptionOptions()),
  ],
  [
    'filter',
    (options, { AllOptions, FilterOptions }) =>
      options
        .setAll(new AllOptions().setStart(new shared.Empty()))
        .setCount('1')
        .setFilter(new FilterOptions()),
  ],
])('an invalid request is rejected, naming its %s', async (field, fill) => {
  const { endpoint } = await served()
  await expect(answersTo(endpoint.port, requestOf(fill))).rejects.toMatchObject({
    code: 3,
    details: expect.stringMatching(new RegExp(`^${field}: `)),
  })
})
