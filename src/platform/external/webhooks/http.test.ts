import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { policies } from '../../outbound/policies.ts'
import { someRequest, webhooksConformance } from './conformance.ts'
import { httpWebhooks } from './http.ts'
import { startEndpoint } from './testing/endpoint.ts'

const local = (more: Parameters<typeof httpWebhooks>[0] = {}) =>
  httpWebhooks({ privateHosts: ['127.0.0.1'], ...more })

webhooksConformance('http', async () => {
  const endpoint = await startEndpoint()
  return {
    webhooks: local(),
    url: endpoint.url,
    arrived: () => endpoint.taken.map(({ id, body }) => ({ id, body })),
    answer: endpoint.answer,
    [Symbol.asyncDispose]: endpoint[Symbol.asyncDispose],
  }
})

test('a request is signed by each secret, as Standard Webhooks specifies it', async () => {
  await using endpoint = await startEndpoint()
  const request = someRequest(endpoint.url)
  const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  await local().deliver({ ...request, secrets: [...request.secrets, other] })
  const [taken] = endpoint.taken
  expect.assert(taken)
  const { headers, body } = taken
  expect(headers).toMatchObject({
    'content-type': 'application/cloudevents+json',
    'webhook-id': 'e1',
    'webhook-timestamp': String(Date.parse('2030-01-07T08:00:00.000Z') / 1_000),
  })
  const made = (key: Buffer) =>
    `v1,${createHmac('sha256', key)
      .update(`e1.${String(headers['webhook-timestamp'])}.${body}`)
      .digest('base64')}`
  expect(String(headers['webhook-signature']).split(' ')).toEqual([
    made(Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')),
    made(Buffer.alloc(32, 7)),
  ])
})

test('the example of Standard Webhooks is signed as there', async () => {
  const { signedHeaders } = await import('./signature.ts')
  const headers = signedHeaders({
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1_614_265_330_000),
    body: '{"test": 2432232314}',
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  })
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('a redirect is not followed, be it into the private network or not', async () => {
  await using inside = await startEndpoint()
  await using endpoint = await startEndpoint()
  for (const status of [301, 302, 303, 307, 308]) {
    endpoint.answer((response) => response.writeHead(status, { location: inside.url }).end())
    expect(await local().deliver(someRequest(endpoint.url))).toMatchObject({
      outcome: 'failed',
      status,
      error: expect.stringContaining('redirects are not followed'),
    })
  }
  expect([endpoint.asked(), inside.asked()]).toEqual([5, 0])
})

test('requests go to public servers only: by their URL, and by the address that a name has', async () => {
  await using endpoint = await startEndpoint()
  const { port } = new URL(endpoint.url)
  const webhooks = httpWebhooks({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
  for (const url of [
    endpoint.url,
    `https://127.0.0.1:${port}/`,
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data',
    'https://0x7f000001/',
    'https://localhost/',
    'https://printer.local/',
    'https://user:password@shop.example/',
    'http://shop.example/',
  ]) {
    expect(webhooks.faultOf(url), url).toBeTypeOf('string')
    expect(await webhooks.deliver(someRequest(url)), url).toMatchObject({ outcome: 'failed' })
  }
  expect(webhooks.faultOf('https://shop.example/hooks')).toBeUndefined()
  expect(await webhooks.deliver(someRequest('https://shop.example/hooks'))).toMatchObject({
    outcome: 'failed',
    error: 'The address of the endpoint is not public.',
  })
  expect(endpoint.asked()).toBe(0)
})

test('an endpoint that answers too late has failed', async () => {
  await using endpoint = await startEndpoint()
  endpoint.answer(() => undefined)
  expect(await local({ timeoutMs: 50 }).deliver(someRequest(endpoint.url))).toMatchObject({
    outcome: 'failed',
    error: 'The endpoint did not answer in time.',
  })
  expect(policies.webhooks.answerMs).toBeLessThan(60_000)
})

test('an answer without end is not read to its end, and its status counts', async () => {
  await using endpoint = await startEndpoint()
  let written = 0
  endpoint.answer((response) => {
    response.writeHead(200)
    const chunk = Buffer.alloc(16_384, 'x')
    const more = (): void => {
      while (!response.destroyed) {
        written += chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
    }
    response.on('error', () => undefined)
    more()
  })
  expect(await local().deliver(someRequest(endpoint.url))).toMatchObject({
    outcome: 'delivered',
    status: 200,
  })
  expect(written).toBeGreaterThan(64 * 1_024)
  // One that dribbles is cut off by the time limit.
  endpoint.answer((response) => void response.writeHead(202).write('.'))
  expect(await local({ timeoutMs: 100 }).deliver(someRequest(endpoint.url))).toMatchObject({
    outcome: 'delivered',
    status: 202,
  })
})

test('an endpoint that asks for a pause gets it, up to a day', async () => {
  await using endpoint = await startEndpoint()
  const retried = async (value: string) => {
    endpoint.answer((response) => response.writeHead(503, { 'retry-after': value }).end())
    const outcome = await local().deliver(someRequest(endpoint.url))
    return 'retryAfterMs' in outcome ? outcome.retryAfterMs : undefined
  }
  expect([await retried('120'), await retried('999999999'), await retried('soon')]).toEqual([
    120_000,
    24 * 60 * 60_000,
    undefined,
  ])
})

test('an endpoint that is away is rested, and others get their events', async () => {
  await using bad = await startEndpoint()
  await using good = await startEndpoint()
  bad.answer(500)
  const seen: string[] = []
  const webhooks = local({ onOutcome: (outcome) => void seen.push(outcome) })
  for (let n = 0; n < policies.webhooks.failures; n += 1)
    expect(await webhooks.deliver(someRequest(bad.url))).toMatchObject({ status: 500 })
  expect(await webhooks.deliver(someRequest(bad.url))).toEqual({
    outcome: 'postponed',
    forMs: policies.webhooks.restMs,
  })
  expect(bad.asked()).toBe(policies.webhooks.failures)
  expect(await webhooks.deliver(someRequest(good.url))).toMatchObject({ outcome: 'delivered' })
  expect(seen).toEqual(['failed', 'failed', 'failed', 'failed', 'failed', 'postponed', 'delivered'])
  // One endpoint is no server that all webhooks depend on.
  expect(webhooks.client.status()).toEqual({ state: 'closed', failed: 5, rejected: 1 })
})

test('an endpoint that refuses an event is not away', async () => {
  await using endpoint = await startEndpoint()
  endpoint.answer(400)
  const webhooks = local()
  for (let n = 0; n < policies.webhooks.failures + 2; n += 1)
    expect(await webhooks.deliver(someRequest(endpoint.url))).toMatchObject({ status: 400 })
})

/** An endpoint that answers once the test lets it. */
const slowEndpoint = async () => {
  const endpoint = await startEndpoint()
  const open: (() => void)[] = []
  endpoint.answer((response) => void open.push(() => response.writeHead(204).end()))
  return {
    ...endpoint,
    open,
    end: () => {
      endpoint.answer(204)
      for (const answer of open) answer()
    },
  }
}

test('a slow endpoint has few requests under way; 200 wait, and further ones are postponed', async () => {
  await using endpoint = await slowEndpoint()
  const webhooks = local()
  const sent = Array.from({ length: 205 }, () => webhooks.deliver(someRequest(endpoint.url)))
  expect(await sent[204]).toEqual({ outcome: 'postponed', forMs: 1_000 })
  await expect.poll(() => endpoint.open.length).toBe(4)
  expect(endpoint.asked()).toBe(4)
  endpoint.end()
  const outcomes = (await Promise.all(sent.slice(0, 204))).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(Array(204).fill('delivered'))
})

test('slow endpoints leave room for others', async () => {
  await using first = await slowEndpoint()
  await using second = await slowEndpoint()
  await using third = await slowEndpoint()
  const webhooks = local()
  const sent = [first, second].flatMap(({ url }) =>
    Array.from({ length: 204 }, () => webhooks.deliver(someRequest(url))),
  )
  const others = Array.from({ length: 5 }, () => webhooks.deliver(someRequest(third.url)))
  // All waits together are bounded as well.
  expect(await others[4]).toMatchObject({ outcome: 'postponed' })
  await expect.poll(() => third.open.length).toBe(4)
  for (const { end } of [first, second, third]) end()
  const outcomes = await Promise.all([...sent, ...others.slice(0, 4)])
  expect(outcomes.every(({ outcome }) => outcome === 'delivered')).toBe(true)
})

test('a process that stops waits behind no other request', async () => {
  await using endpoint = await slowEndpoint()
  const webhooks = local()
  const stop = new AbortController()
  const request = { ...someRequest(endpoint.url), stopping: stop.signal }
  const sent = Array.from({ length: 5 }, () => webhooks.deliver(request))
  await expect.poll(() => endpoint.open.length).toBe(4)
  stop.abort()
  expect(await sent[4]).toMatchObject({ outcome: 'postponed' })
  expect(await webhooks.deliver(request)).toMatchObject({ outcome: 'postponed' })
  endpoint.end()
  // Requests under way are ended.
  expect(await sent[0]).toMatchObject({ outcome: 'delivered' })
})
