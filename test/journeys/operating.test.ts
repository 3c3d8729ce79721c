import {
  EventStoreDBClient,
  eventTypeFilter,
  persistentSubscriptionToAllSettingsFromDefaults,
} from '@eventstore/db-client'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { postgresConsumerGroups } from '../../src/platform/messaging/consumer-groups/postgres.ts'
import type { Tallies } from '../../src/platform/observability/reports/port.ts'
import type { ProjectionStatus } from '../../src/runtime/operations.ts'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { placeOrders } from '../support/load.ts'
import { allOrders, allSettled, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'

let agora: AgoraHere
let root: Person
let ada: Person
let lamp: string
beforeAll(async () => {
  agora = await agoraHere({ AGORA_ESDB_PORT: '0' })
  root = await agora.shop.admin()
  ada = await agora.shop.register('ada')
  lamp = await agora.shop.sell(100_000)
})
afterAll(() => agora[Symbol.asyncDispose]())

type Status = ProjectionStatus & { readonly promise: { readonly within: number } & Tallies[string] }
const statusOf = async (name: string): Promise<Status> => {
  const { body } = await root.call('GET', '/admin/projections')
  return body.data.projections.find((one: Status) => one.name === name)
}

test('a read model is rebuilt under load; both generations are equal, and no read misses an order during the switch', async () => {
  const load = placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 8 })
  await until(
    () => load.acknowledged().length,
    (count) => count > 50,
  )
  let [reading, lost] = [true, 0]
  const [first = ''] = load.acknowledged()
  const reader = (async () => {
    let seen = 0
    while (reading) {
      const { body } = await ada.call('GET', '/orders?limit=1')
      const { status } = await ada.call('GET', `/orders/${first}`)
      // No order is missing, neither during the rebuild nor at the switch.
      if (status !== 200 || body.data.total < seen) lost += 1
      seen = body.data.total
    }
  })()
  for (const name of ['orders', 'inventory', 'payments']) {
    const { generation } = await statusOf(name)
    const asked = await root.call('POST', `/admin/projections/${name}/rebuild`, {})
    expect(asked).toMatchObject({ status: 202, body: { data: { name, accepted: true } } })
    const live = await until(
      () => statusOf(name),
      (status) => status.generation > generation && status.status === 'live',
    )
    expect(live.comparison).toMatchObject({ different: 0, onlyOld: 0, onlyNew: 0 })
    expect(live.comparison?.same).toBeGreaterThan(0)
  }
  const count = load.acknowledged().length
  await until(
    () => load.acknowledged().length,
    (now) => now > count,
  )
  await load.stop()
  reading = false
  await reader
  expect(lost).toBe(0)
  expect([...load.statuses().keys()]).toEqual([202])
  const orders = await allSettled(ada, { among: load.acknowledged() })
  expect(orders).toHaveLength(load.acknowledged().length)
})

test('a paused read model does not advance: reads report its position or get 503; resumed, it catches up', async () => {
  expect((await root.call('POST', '/admin/projections/orders/pause', {})).status).toBe(202)
  await until(
    () => statusOf('orders'),
    ({ status }) => status === 'paused',
  )
  const before = (await allOrders(ada)).length
  const placed = await until(
    async () => {
      const reply = await ada.order({ [lamp]: 1 })
      // The projector pauses shortly after the request.
      const list = await ada.call('GET', '/orders?limit=1')
      return { reply, total: list.body.data.total, at: list.body.meta.position }
    },
    ({ reply, at }) => BigInt(at) < BigInt(reply.body.meta.position),
  )
  const { id } = placed.reply.body.data
  const { position } = placed.reply.body.meta
  // Its buyer can read the order from its own events.
  expect((await ada.call('GET', `/orders/${id}`)).body.data.id).toBe(id)
  const late = await ada.call('GET', `/orders?minPosition=${position}`)
  expect(late).toMatchObject({ status: 503, body: { code: 'not_caught_up' } })
  expect(late.headers['retry-after']).toMatch(/^\d+$/)
  expect((await statusOf('orders')).lagEvents).toBeGreaterThan(0)

  expect((await root.call('POST', '/admin/projections/orders/resume', {})).status).toBe(202)
  const caughtUp = await ada.call('GET', `/orders?minPosition=${position}`)
  expect(caughtUp.status).toBe(200)
  expect(caughtUp.body.data.total).toBeGreaterThan(before)
  expect((await ada.settled(id)).status).toBe('CONFIRMED')
})

test('the overview lists running and ended sagas, and no dead letter', async () => {
  const id = await ada.buy({ [lamp]: 1 }, 'tok_slow')
  const runOf = async () =>
    (await root.call('GET', `/admin/sagas/${id}`)).body?.data?.sagas?.find(
      ({ saga }: { saga: string }) => saga === 'fulfilment',
    )
  await until(runOf, (run) => run?.state === 'running')
  const ended = await until(runOf, (run) => run?.state === 'ended')
  expect(ended).toMatchObject({ id, steps: expect.any(Number) })
  const { body } = await root.call('GET', '/admin/dead-letters')
  expect(body.data.deadLetters).toEqual([])
  expect((await root.call('POST', `/admin/sagas/${id}/retry`, {})).status).toBe(404)
})

test('a message that a consumer group parked is measured, listed, and delivered again at the request of an admin', async () => {
  const database = openDatabase(agora.postgresUrl, { connections: 1 })
  onTestFinished(() => database.close())
  const { port } = (await until(() => postgresConsumerGroups(database).leader(), Boolean)) ?? {}
  const client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`)
  onTestFinished(() => client.dispose())
  const settings = persistentSubscriptionToAllSettingsFromDefaults()
  const filter = eventTypeFilter({ prefixes: ['UserRegistered'] })
  await client.createPersistentSubscriptionToAll('letters', settings, { filter })
  const streams: string[] = []
  const subscription = client.subscribeToPersistentSubscriptionToAll('letters')
  subscription.on('error', () => undefined)
  subscription.on('data', (resolved) => {
    const answer = streams.push(resolved.event?.streamId ?? '') === 1 ? 'park' : 'skip'
    subscription.nack(answer, '', resolved).catch(() => undefined)
  })
  await agora.shop.register('grace')
  const measured = async () => (await agora.shop.anyone('GET', '//metrics')).text
  const labels = '{stream="$all",group="letters"}'
  await until(measured, (text) =>
    text.includes(`agora_consumer_group_parked_messages${labels} 1\n`),
  )
  expect(await measured()).toContain(`agora_consumer_group_consumers${labels} 1\n`)
  const { body } = await root.call('GET', '/admin/consumer-groups')
  expect(body.data.groups).toMatchObject([{ source: '$all', name: 'letters', parked: 1 }])
  const key = { source: '$all', name: 'letters' }
  const replayed = await root.call('POST', '/admin/consumer-groups/replay', key)
  expect(replayed).toMatchObject({ status: 202, body: { data: { messages: 1 } } })
  const asked = performance.now()
  await until(
    () => streams,
    ({ length }) => length === 2,
  )
  // The process that leads has heard of it, rather than looked for it a minute later.
  expect(performance.now() - asked).toBeLessThan(30_000)
  expect(streams[1]).toBe(streams[0])
  await until(measured, (text) =>
    text.includes(`agora_consumer_group_parked_messages${labels} 0\n`),
  )
  await subscription.unsubscribe()
})

test('metrics cover commands, appends, read models, sagas, jobs and requests, in the format of Prometheus', async () => {
  const { status, text, headers } = await agora.shop.anyone('GET', '//metrics')
  expect(status).toBe(200)
  expect(headers['content-type']).toContain('text/plain')
  for (const sample of [
    /^agora_commands_total\{decider="order",command="PlaceOrder",answer="taken"\} \d+$/m,
    /^agora_append_seconds_count\{outcome="taken"\} \d+$/m,
    /^agora_events_appended_total \d+$/m,
    /^agora_projection_lag_events\{projection="orders"\} \d+$/m,
    /^agora_projection_lag_seconds\{projection="orders"\} \d/m,
    /^agora_projection_within_seconds\{projection="orders"\} 1$/m,
    /^agora_projection_events_total\{projection="orders",promise="met"\} [1-9]\d*$/m,
    /^agora_projection_reads_total\{projection="orders",promise="met"\} [1-9]\d*$/m,
    // It was paused.
    /^agora_projection_reads_total\{projection="orders",promise="missed"\} [1-9]\d*$/m,
    /^agora_sagas\{saga="fulfilment",state="ended"\} [1-9]\d*$/m,
    /^agora_jobs\{queue="charge-card",state="\w+"\} \d+$/m,
    /^agora_jobs\{queue="send-mail",state="\w+"\} \d+$/m,
    /^agora_http_request_seconds_count\{method="POST",route="\/api\/v1\/orders",status="202"\} \d+$/m,
    /^process_resident_memory_bytes \d/m,
  ])
    expect(text).toMatch(sample)
  for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) expect(text).toContain(`# HELP ${name} `)
})

test('the promise of each read model is listed, and how many reads of the last half hour met it, by all processes', async () => {
  const { promise } = await until(
    () => statusOf('orders'),
    ({ promise: { reads } }) => (reads?.missed ?? 0) > 0,
  )
  expect(promise.within).toBe(1_000)
  expect(promise.reads?.met).toBeGreaterThan(0)
  expect(promise.events?.met).toBeGreaterThan(0)
})

test('all events that a request causes have its correlation id', async () => {
  const correlationId = '11111111-2222-4333-8444-555555555555'
  const placed = await ada.order({ [lamp]: 1 }, 'tok_ok', { 'x-correlation-id': correlationId })
  expect(placed.headers['x-correlation-id']).toBe(correlationId)
  const { id } = placed.body.data
  await ada.settled(id)
  const { position } = placed.body.meta
  const eventsOf = async () => {
    const path = `/analytics/events?fromPosition=${position}&limit=1000`
    const { body } = await root.call('GET', path)
    const events: { type: string; metadata: { correlationId: string } }[] = body.data.events
    return events
      .filter(({ metadata }) => metadata.correlationId === correlationId)
      .map(({ type }) => type)
  }
  const caused = [
    'OrderPlaced',
    'StockReserved',
    'PaymentCompleted',
    'StockCommitted',
    'OrderConfirmed',
    'NotificationSent',
  ]
  await expect.poll(eventsOf).toEqual(expect.arrayContaining(caused))
})

test('health is ok, and no warning was logged except for the paused read model', async () => {
  await until(
    () => agora.shop.anyone('GET', '/health'),
    ({ body }) => body.data.status === 'ok',
  )
  const odd = agora.written.filter((line) => !line.includes('has not reached'))
  expect(odd).toEqual([])
})
