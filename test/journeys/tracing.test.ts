import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { io } from 'socket.io-client'
import { expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { agoraHere, usual } from '../support/agora.ts'
import { basketOf, shopAt, successOf } from '../support/shop.ts'
import { traceStore, type ReceivedSpan } from '../support/trace-store.ts'
import { until } from '../support/until.ts'

const hex = (bytes: number) => randomBytes(bytes).toString('hex')

/** Spans whose parent is neither in the trace nor the client's. */
const orphansOf = (spans: readonly ReceivedSpan[], client: string) => {
  const ids = new Set([client, ...spans.map(({ spanId }) => spanId)])
  return spans.filter(({ parentSpanId = '' }) => !ids.has(parentSpanId)).map(({ name }) => name)
}

/** The operations of an order, from the click to the screen. */
const operations = [
  'POST /api/v1/orders',
  'command PlaceOrder',
  'append OrderPlaced',
  'project orders',
  'append OrderSagaStarted',
  'command ReserveStock',
  'job charge-card',
  'append OrderConfirmed',
  'job send-mail',
  'send mail',
  'push orders',
]

/** All spans of a command without consequences, of the gateway and of the process behind it. */
const plainSpans = [
  'PUT /api/v1/inventory/:productId',
  'PUT /api/v1/inventory/:productId',
  'append StockAdjusted',
  'command AdjustStock',
  'project inventory',
  'project products',
  'project search_products',
]

test('an order is one trace from the click to the screen, over two processes, and the log tells it too', async () => {
  await using store = await traceStore()
  const tracing = {
    AGORA_SECRET: 'a secret that both processes have',
    OTEL_EXPORTER_OTLP_ENDPOINT: store.url,
    TRACES_URL: 'https://traces.example/trace/{traceId}',
  }
  await using behind = await agoraHere({
    ...tracing,
    AGORA_ROLES: 'api,projections,sagas,jobs',
    OTEL_SERVICE_NAME: 'behind',
  })
  const front = { ...usual, ...tracing, AGORA_ROLES: 'gateway', OTEL_SERVICE_NAME: 'front' }
  await using gateway = await startApp(readConfig({ ...front, AGORA_DATA: behind.data }), {
    postgresUrl: behind.postgresUrl,
    logger: pino({ level: 'silent' }),
  })
  const shop = shopAt(gateway.url)
  // Her name is none that ids in hex could contain.
  const [zoe, lamp] = [await shop.register('zoe'), await shop.sell(10, 1999, 'Lamp')]
  const socket = io(`${gateway.url}/orders`, { auth: { token: zoe.token }, forceNew: true })
  const statuses: string[] = []
  socket.on('order:status', ({ status }: { status: string }) => void statuses.push(status))
  await until(
    () => socket.connected,
    (connected) => connected,
  )

  const [traceId, client] = [hex(16), hex(8)]
  const placed = await zoe.call('POST', '/orders', basketOf({ [lamp]: 1 }), {
    traceparent: `00-${traceId}-${client}-01`,
  })
  expect(placed.status).toBe(202)
  await until(
    () => statuses,
    (seen) => seen.includes('CONFIRMED'),
  )
  socket.disconnect()
  const spans = await until(
    () => store.of(traceId),
    (found) => {
      const names = new Set(found.map(({ name }) => name))
      return operations.every((name) => names.has(name)) && orphansOf(found, client).length === 0
    },
    { patience: 20_000 },
  ).catch(() => store.of(traceId))
  const names = spans.map(({ name }) => name)
  expect(
    operations.filter((name) => !names.includes(name)),
    names.toSorted().join('\n'),
  ).toEqual([])
  expect(orphansOf(spans, client)).toEqual([])
  const requests = spans.filter(({ name }) => name === 'POST /api/v1/orders')
  expect(requests.map(({ service }) => service).toSorted()).toEqual(['behind', 'front'])
  expect(
    spans.every((span) => BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)),
  ).toBe(true)
  expect(JSON.stringify(spans)).not.toContain('zoe')

  const admin = await shop.admin()
  const path = `/observability/traces/${traceId}`
  const { body } = successOf(await admin.call('GET', path), 200)
  expect(body.data).toMatchObject({ traceId, url: `https://traces.example/trace/${traceId}` })
  expect(body.data.before).toBeUndefined()
  const { events } = body.data as {
    events: { type: string; eventId: string; causedBy?: string }[]
  }
  expect(events[0]).toMatchObject({ type: 'OrderPlaced' })
  expect(events.filter(({ causedBy }) => causedBy === undefined).map(({ type }) => type)).toEqual([
    'OrderPlaced',
  ])
  // Events that followed later have their spans a moment later.
  await expect
    .poll(() => {
      const known = new Set(store.of(traceId).map(({ name }) => name))
      return events.filter(({ type }) => !known.has(`append ${type}`))
    })
    .toEqual([])
  // Each further span is paid for by every command: one that says nothing of its own belongs into its parent.
  const plain = hex(16)
  const adjusted = await admin.call(
    'PUT',
    `/inventory/${lamp}`,
    { delta: 1, reason: 'found' },
    { traceparent: `00-${plain}-${client}-01` },
  )
  expect(adjusted.status).toBe(200)
  await expect
    .poll(() =>
      store
        .of(plain)
        .map(({ name }) => name)
        .toSorted(),
    )
    .toEqual(plainSpans)
  expect((await zoe.call('GET', path)).status).toBe(403)
  expect((await shop.anyone('GET', path)).status).toBe(401)
  expect((await admin.call('GET', '/observability/traces/nonsense')).status).toBe(400)
})
