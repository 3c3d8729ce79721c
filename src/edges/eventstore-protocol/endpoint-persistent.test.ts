import {
  AccessDeniedError,
  END,
  eventTypeFilter,
  NotLeaderError,
  PersistentSubscriptionDoesNotExistError,
  PersistentSubscriptionDroppedError,
  PersistentSubscriptionExistsError,
  PersistentSubscriptionMaximumSubscribersReachedError,
  persistentSubscriptionToAllSettingsFromDefaults as ofAll,
  persistentSubscriptionToStreamSettingsFromDefaults as ofStream,
  START,
  streamNameFilter,
} from '@eventstore/db-client'
import { expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { memoryConsumerGroups } from '../../platform/messaging/consumer-groups/memory.ts'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { appended, consuming, led } from './testing/led.ts'
import { append, clientOf, served } from './testing/served.ts'

test('consumers of a stream share its events, from its start or its end', async () => {
  const { client } = await led()
  const before = await appended(client, 'order-1', 3)
  await client.createPersistentSubscriptionToStream(
    'order-1',
    'mail',
    ofStream({ startFrom: START }),
  )
  await client.createPersistentSubscriptionToStream('order-1', 'late', ofStream({ startFrom: END }))
  await client.createPersistentSubscriptionToStream('order-1', 'inner', ofStream({ startFrom: 1n }))
  const subscribe = (group: string) =>
    consuming(client.subscribeToPersistentSubscriptionToStream('order-1', group))
  const [first, second] = [subscribe('mail'), subscribe('mail')]
  const [late, inner] = [subscribe('late'), subscribe('inner')]
  await expect.poll(() => [...first.got, ...second.got].toSorted()).toEqual(before)
  const after = await appended(client, 'order-1', 4)
  await expect.poll(() => [...first.got, ...second.got].toSorted()).toEqual([...before, ...after])
  expect(first.got.length).toBeGreaterThan(0)
  expect(second.got.length).toBeGreaterThan(0)
  await expect.poll(() => late.got).toEqual(after)
  await expect.poll(() => inner.got).toEqual([...before.slice(1), ...after])
})

test('a group of all streams reads what passes its filter, from a position', async () => {
  const { client, log } = await led()
  await append(log, 'order-1', 'OrderPlaced', 'OrderPaid')
  await append(log, 'mail-1', 'MailSent')
  await append(log, 'order-2', 'OrderPlaced')
  const { events } = await log.readAll()
  const second = events[1]!.position
  const create = client.createPersistentSubscriptionToAll.bind(client)
  await create('orders', ofAll({ startFrom: START }), {
    filter: streamNameFilter({ prefixes: ['order-'] }),
  })
  await create('placed', ofAll({ startFrom: START }), {
    filter: eventTypeFilter({ regex: '^OrderPla' }),
  })
  await create('inner', ofAll({ startFrom: { commit: second, prepare: second } }))
  await create('late', ofAll({ startFrom: END }))
  const [orders, placed, inner, late] = ['orders', 'placed', 'inner', 'late'].map((group) =>
    consuming(client.subscribeToPersistentSubscriptionToAll(group)),
  )
  await append(log, 'order-3', 'OrderPlaced')
  await expect.poll(() => orders?.got).toEqual(['order-1@0', 'order-1@1', 'order-2@0', 'order-3@0'])
  await expect.poll(() => placed?.got).toEqual(['order-1@0', 'order-2@0', 'order-3@0'])
  await expect.poll(() => inner?.got).toEqual(['order-1@1', 'mail-1@0', 'order-2@0', 'order-3@0'])
  await expect.poll(() => late?.got).toEqual(['order-3@0'])
})

test('Pinned gives the events of one stream to one consumer, in order', async () => {
  const { client, log } = await led()
  const streams = Array.from({ length: 12 }, (_, nth) => `order-${nth}`)
  for (const stream of streams) await append(log, stream, 'OrderPlaced', 'OrderPaid')
  await client.createPersistentSubscriptionToAll(
    'pinned',
    ofAll({ startFrom: START, consumerStrategyName: 'Pinned' }),
  )
  const subscribe = () =>
    consuming(client.subscribeToPersistentSubscriptionToAll('pinned', { bufferSize: 3 }))
  const consumers = [subscribe(), subscribe()]
  await expect
    .poll(async () => {
      const { connections } = await client.getPersistentSubscriptionToAllInfo('pinned')
      return connections.length
    })
    .toBe(2)
  for (const stream of streams) await append(log, stream, 'OrderShipped', 'OrderDelivered')
  await expect.poll(() => consumers.flatMap(({ got }) => got).length).toBe(48)
  const latter = consumers.map(({ got }) => got.filter((event) => /@[23]$/.test(event)))
  for (const stream of streams) {
    const shares = latter.map((got) => got.filter((event) => event.startsWith(`${stream}@`)))
    expect(shares.toSorted((a, b) => a.length - b.length)).toEqual([
      [],
      [`${stream}@2`, `${stream}@3`],
    ])
  }
})

test('events are retried, skipped, or parked; parked ones are replayed', async () => {
  const { client } = await led()
  const all = await appended(client, 'order-1', 4)
  await client.createPersistentSubscriptionToStream(
    'order-1',
    'mail',
    ofStream({ startFrom: START, maxRetryCount: 2 }),
  )
  let isRepaired = false
  const consumer = consuming(
    client.subscribeToPersistentSubscriptionToStream('order-1', 'mail'),
    (event) =>
      isRepaired || event.endsWith('@3')
        ? 'ack'
        : event.endsWith('@0')
          ? 'retry'
          : event.endsWith('@1')
            ? 'park'
            : 'skip',
  )
  const infoOf = async () =>
    (await client.getPersistentSubscriptionToStreamInfo('order-1', 'mail')).stats
  await expect.poll(async () => (await infoOf()).parkedMessageCount).toBe(2n)
  expect(consumer.got.filter((event) => event.endsWith('@0')).length).toBe(3)
  expect(consumer.got.toSorted()).toEqual([all[0], all[0], ...all])
  expect(Math.max(...consumer.retries)).toBe(2)
  expect(await infoOf()).toMatchObject({
    lastCheckpointedEventRevision: 3n,
    lastKnownEventRevision: 3n,
    totalInFlightMessages: 0,
  })

  isRepaired = true
  consumer.got.length = 0
  await client.replayParkedMessagesToStream('order-1', 'mail', { stopAt: 1 })
  await expect.poll(() => consumer.got).toEqual([all[0]])
  await expect.poll(async () => (await infoOf()).parkedMessageCount).toBe(1n)
  await client.replayParkedMessagesToStream('order-1', 'mail')
  await expect.poll(() => consumer.got).toEqual([all[0], all[1]])
  await expect.poll(async () => (await infoOf()).parkedMessageCount).toBe(0n)
})

test('a parked event that was requested while nobody was connected is delivered to the next consumer', async () => {
  const { client } = await led()
  const [event] = await appended(client, 'order-1', 1)
  await client.createPersistentSubscriptionToAll('mail', ofAll({ startFrom: START }))
  const subscribe = () => client.subscribeToPersistentSubscriptionToAll('mail')
  const parking = consuming(subscribe(), () => 'park')
  await expect.poll(() => parking.got).toEqual([event])
  await expect
    .poll(async () => {
      const { stats } = await client.getPersistentSubscriptionToAllInfo('mail')
      return stats.parkedMessageCount
    })
    .toBe(1n)
  await parking.subscription.unsubscribe()
  await client.replayParkedMessagesToAll('mail')
  const next = consuming(subscribe())
  await expect.poll(() => next.got).toEqual([event])
})

test('a consumer that hangs loses its events to another, and parks none', async () => {
  const { client } = await led()
  await client.createPersistentSubscriptionToStream(
    'order-1',
    'mail',
    ofStream({ startFrom: START, messageTimeout: 150 }),
  )
  const subscribe = () => client.subscribeToPersistentSubscriptionToStream('order-1', 'mail')
  const hung = consuming(subscribe(), () => 'hang')
  const all = await appended(client, 'order-1', 5)
  await expect.poll(() => hung.got.length).toBeGreaterThan(0)
  const other = consuming(subscribe())
  await expect.poll(() => [...new Set(other.got)].toSorted()).toEqual(all)
  const { stats } = await client.getPersistentSubscriptionToStreamInfo('order-1', 'mail')
  expect(stats.parkedMessageCount).toBe(0n)
})

test('stop ends the consumer, and has its events retried by others', async () => {
  const { client } = await led()
  const [event] = await appended(client, 'order-1', 1)
  await client.createPersistentSubscriptionToStream('order-1', 'g', ofStream({ startFrom: START }))
  const subscribe = () => client.subscribeToPersistentSubscriptionToStream('order-1', 'g')
  const stopped = consuming(subscribe(), () => 'stop')
  await expect
    .poll(() => stopped.errors)
    .toMatchObject([{ type: 'persistent-subscription-dropped' }])
  const other = consuming(subscribe())
  await expect.poll(() => other.got).toEqual([event])
  expect(other.retries).toEqual([1])
})

test('a group is created once, updated, listed and deleted; its consumers are disconnected', async () => {
  const { client } = await led()
  const settings = ofStream({ startFrom: START, maxSubscriberCount: 1 })
  const create = () => client.createPersistentSubscriptionToStream('order-1', 'mail', settings)
  await create()
  await expect(create()).rejects.toBeInstanceOf(PersistentSubscriptionExistsError)
  await client.createPersistentSubscriptionToAll('all mail', ofAll({ startFrom: END }))
  const listed = await client.listAllPersistentSubscriptions()
  expect(listed.map(({ eventSource, groupName }) => [eventSource, groupName])).toEqual([
    ['$all', 'all mail'],
    ['order-1', 'mail'],
  ])
  expect((await client.listPersistentSubscriptionsToStream('order-1')).length).toBe(1)
  expect((await client.listPersistentSubscriptionsToAll()).length).toBe(1)

  const subscribe = () =>
    consuming(client.subscribeToPersistentSubscriptionToStream('order-1', 'mail'))
  const first = subscribe()
  const infoOf = () => client.getPersistentSubscriptionToStreamInfo('order-1', 'mail')
  await expect.poll(async () => (await infoOf()).connections.length).toBe(1)
  const second = subscribe()
  await expect
    .poll(() => second.errors[0])
    .toBeInstanceOf(PersistentSubscriptionMaximumSubscribersReachedError)

  const changed = ofStream({
    startFrom: 5n,
    consumerStrategyName: 'DispatchToSingle',
    messageTimeout: 1_234,
    extraStatistics: true,
  })
  await client.updatePersistentSubscriptionToStream('order-1', 'mail', changed)
  await expect.poll(() => first.errors[0]).toBeInstanceOf(PersistentSubscriptionDroppedError)
  expect((await infoOf()).settings).toEqual(changed)

  const third = subscribe()
  await expect.poll(async () => (await infoOf()).connections.length).toBe(1)
  await client.deletePersistentSubscriptionToStream('order-1', 'mail')
  await expect.poll(() => third.errors[0]).toBeInstanceOf(PersistentSubscriptionDroppedError)
  for (const gone of [
    () => client.deletePersistentSubscriptionToStream('order-1', 'mail'),
    () => client.updatePersistentSubscriptionToStream('order-1', 'mail', changed),
    () => client.replayParkedMessagesToStream('order-1', 'mail'),
    infoOf,
    () => client.listPersistentSubscriptionsToStream('order-1'),
  ])
    await expect(gone()).rejects.toBeInstanceOf(PersistentSubscriptionDoesNotExistError)
  const late = subscribe()
  await expect.poll(() => late.errors[0]).toBeInstanceOf(PersistentSubscriptionDoesNotExistError)
})

test.each([
  [{ liveBufferSize: 0 }, /settings\.liveBufferSize/],
  [{ historyBufferSize: 20_000 }, /settings\.historyBufferSize/],
  [{ readBatchSize: 10, historyBufferSize: 10 }, /settings\.readBatchSize/],
  [{ maxRetryCount: -1 }, /settings\.maxRetryCount/],
])('settings %j are refused by the name of the field', async (settings, message) => {
  const { client } = await led()
  await expect(
    client.createPersistentSubscriptionToStream('order-1', 'g', ofStream(settings)),
  ).rejects.toThrow(message)
})

test('groups are named within limits, and read streams of this log', async () => {
  const { client } = await led()
  const create = (stream: string, group: string) =>
    client.createPersistentSubscriptionToStream(stream, group, ofStream())
  await expect(create('order-1', '')).rejects.toThrow(/groupName/)
  await expect(create('order-1', 'x'.repeat(501))).rejects.toThrow(/groupName/)
  await expect(create('$ce-order', 'g')).rejects.toThrow(/filter by prefix/)
  await expect(
    client.createPersistentSubscriptionToAll('g', ofAll(), {
      filter: streamNameFilter({ regex: '(' }),
    }),
  ).rejects.toThrow(/filter|regex|pattern/i)
})

test('a caller without full access gets masked events, and no group that reads unmasked ones', async () => {
  const groups = memoryConsumerGroups()
  const log = memoryEventLog()
  const masked = (event: RecordedEvent): RecordedEvent => ({ ...event, data: { masked: true } })
  const admin = await led({ groups, log, masked })
  await appended(admin.client, 'order-1', 1)
  await admin.client.createPersistentSubscriptionToStream('order-1', 'whole', ofStream())
  await admin.resign()

  const { client } = await led({ groups, log, masked, writable: false })
  for (const denied of [
    () => client.getPersistentSubscriptionToStreamInfo('order-1', 'whole'),
    () => client.updatePersistentSubscriptionToStream('order-1', 'whole', ofStream()),
    () => client.replayParkedMessagesToStream('order-1', 'whole'),
    () => client.deletePersistentSubscriptionToStream('order-1', 'whole'),
    () => client.restartPersistentSubscriptionSubsystem(),
  ])
    await expect(denied()).rejects.toBeInstanceOf(AccessDeniedError)
  const refused = consuming(client.subscribeToPersistentSubscriptionToStream('order-1', 'whole'))
  await expect.poll(() => refused.errors[0]).toBeInstanceOf(AccessDeniedError)
  expect(await client.listAllPersistentSubscriptions()).toEqual([])

  await client.createPersistentSubscriptionToStream(
    'order-1',
    'own',
    ofStream({ startFrom: START }),
  )
  const seen: unknown[] = []
  client
    .subscribeToPersistentSubscriptionToStream('order-1', 'own')
    .on('data', ({ event }) => seen.push(event?.data))
    .on('error', () => undefined)
  await expect.poll(() => seen).toEqual([{ masked: true }])
})

test('a process that does not lead names the one that does, and the client continues there', async () => {
  const groups = memoryConsumerGroups()
  const log = memoryEventLog()
  const { client } = await led({ groups, log })
  const all = await appended(client, 'order-1', 2)
  await client.createPersistentSubscriptionToStream(
    'order-1',
    'mail',
    ofStream({ startFrom: START }),
  )
  const other = await served({ groups, log })
  const subscribe = () =>
    consuming(other.client.subscribeToPersistentSubscriptionToStream('order-1', 'mail'))
  const first = subscribe()
  await expect.poll(() => first.errors[0]).toBeInstanceOf(NotLeaderError)
  const second = subscribe()
  await expect.poll(() => second.got).toEqual(all)
})

test('what was acknowledged before a change of leaders is not delivered after it', async () => {
  const groups = memoryConsumerGroups()
  const log = memoryEventLog()
  const before = await led({ groups, log })
  const all = await appended(before.client, 'order-1', 6)
  const settings = ofStream({ startFrom: START })
  await before.client.createPersistentSubscriptionToStream('order-1', 'mail', settings)
  const first = consuming(
    before.client.subscribeToPersistentSubscriptionToStream('order-1', 'mail'),
    (event) => (/@[034]$/.test(event) ? 'ack' : 'hang'),
  )
  await expect
    .poll(async () => {
      const name = ['order-1', 'mail'] as const
      const { stats } = await before.client.getPersistentSubscriptionToStreamInfo(...name)
      return stats.totalItems
    })
    .toBe(3n)
  await before.resign()
  await expect.poll(() => first.errors).toMatchObject([{ type: 'unavailable' }])
  const after = await led({ groups, log })
  const second = consuming(
    after.client.subscribeToPersistentSubscriptionToStream('order-1', 'mail'),
  )
  await expect.poll(() => second.got).toEqual([all[1], all[2], all[5]])
})

test('a restart of the subsystem disconnects consumers, which go on where they were', async () => {
  const { client } = await led()
  await client.createPersistentSubscriptionToStream('order-1', 'g', ofStream({ startFrom: START }))
  const subscribe = () =>
    consuming(client.subscribeToPersistentSubscriptionToStream('order-1', 'g'))
  const first = subscribe()
  const [one] = await appended(client, 'order-1', 1)
  await expect.poll(() => first.got).toEqual([one])
  await client.restartPersistentSubscriptionSubsystem()
  await expect.poll(() => first.errors.length).toBe(1)
  const second = subscribe()
  const [two] = await appended(client, 'order-1', 1)
  await expect.poll(() => second.got.at(-1)).toBe(two)
})

test('an endpoint without a store of groups does not serve them', async () => {
  const { endpoint } = await served()
  const client = clientOf(endpoint.url)
  await expect(
    client.createPersistentSubscriptionToStream('order-1', 'g', ofStream()),
  ).rejects.toThrow(/unimplemented/i)
})
