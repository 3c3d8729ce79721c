import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../test/support/http.ts'
import { parsedSpanId } from '../../platform/observability/tracing/ids.ts'
import { memorySpans } from '../../platform/observability/tracing/memory.ts'
import { tracer as createTracer } from '../../platform/observability/tracing/tracer.ts'

const store = memorySpans()
const tracer = createTracer(store, { onError: () => undefined })
let world: HttpWorld
let admin: { readonly call: Call }
beforeAll(async () => {
  world = await httpWorld({ contexts: ['platform'], tracer })
  admin = await world.someone('root', 'admin')
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await tracer.close()
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const client = '00f067aa0ba902b7'
const correlationId = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'

const register = (name: string, headers: Record<string, string>) =>
  world.anyone(
    'POST',
    '/auth/register',
    { email: `${name}@example.org`, username: name, password: 'a long password' },
    headers,
  )

test('the trace of a client goes on, and the log tells its events by either form of its id', async () => {
  await register('zoe', { traceparent: `00-${traceId}-${client}-01` })
  for (const id of [traceId, traceId.toUpperCase(), correlationId]) {
    const { body } = await admin.call('GET', `/observability/traces/${id}`)
    expect(body.data).toMatchObject({ traceId, correlationId, searchedFrom: '1' })
    expect(body.data.before).toBeUndefined()
    expect(body.data.url).toBeUndefined()
    expect(body.data.events.length).toBeGreaterThan(1)
    // The id of such a stream derives from the address.
    expect(JSON.stringify(body.data)).not.toContain('zoe')
  }
  const [latest] = (await admin.call('GET', `/observability/traces/${traceId}`)).body.data.events
  const earlier = `/observability/traces/${traceId}?before=${latest.position}`
  expect((await admin.call('GET', earlier)).status).toBe(404)
})

test('a traceparent of nonsense is ignored, and a new trace begins', async () => {
  for (const traceparent of ['nonsense', `00-${'0'.repeat(32)}-${client}-01`, '\u00ff']) {
    const { status, body } = await world.anyone('GET', '/nowhere', undefined, { traceparent })
    expect(status).toBe(404)
    expect(body.traceId).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test('a correlation id of its own takes a request out of the trace of its client', async () => {
  const own = randomUUID()
  const traceparent = `00-${traceId}-${client}-01`
  const { body } = await world.anyone('GET', '/nowhere', undefined, {
    traceparent,
    'x-correlation-id': own,
  })
  expect(body.traceId).toBe(own)
  await tracer.close()
  const span = store.spans.find((one) => one.traceId === own.replaceAll('-', ''))
  expect(span).toMatchObject({ kind: 'server', parent: undefined })
  const followed = store.spans.find((one) => one.traceId === traceId && one.kind === 'server')
  expect(followed).toMatchObject({
    name: 'POST /api/v1/auth/register',
    parent: parsedSpanId(client),
  })
})

test('admins alone read traces; an id that is none names the field, an unknown one is 404', async () => {
  const ada = await world.someone('grace')
  const path = `/observability/traces/${traceId}`
  expect((await ada.call('GET', path)).status).toBe(403)
  expect((await world.anyone('GET', path)).status).toBe(401)
  const wrong = await admin.call('GET', '/observability/traces/7')
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'traceId' }] } })
  const unknown = await admin.call('GET', `/observability/traces/${randomUUID()}`)
  expect(unknown.status).toBe(404)
})

test('with a trace store the answer links to it, also where the log has nothing', async () => {
  await using linked = await httpWorld({
    contexts: ['platform'],
    config: { tracesUrl: 'https://traces.example/{traceId}' },
  })
  const { call } = await linked.someone('root', 'admin')
  const { body } = await call('GET', `/observability/traces/${traceId}`)
  expect(body.data).toMatchObject({ url: `https://traces.example/${traceId}`, events: [] })
})

test('a log without a search is read backwards, page by page', async () => {
  const { byCorrelation: _, ...log } = world.log
  await using plain = await httpWorld({ contexts: ['platform'], log })
  const { call } = await plain.someone('root', 'admin')
  const { body } = await call('GET', `/observability/traces/${traceId}`)
  const searched = await admin.call('GET', `/observability/traces/${traceId}`)
  expect(body.data.events).toEqual(searched.body.data.events)
})
