import assert from 'node:assert/strict'
import { test } from 'vitest'
import { pino } from 'pino'
import { httpWorld } from '../../../test/support/http.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { redactedPaths } from './dependencies.ts'

test('users and addresses have limits of their own, and answers report the remaining requests', async () => {
  await using world = await httpWorld({ config: { rateLimit: { perUser: 5, perIp: 3 } } })
  const ada = await world.someone('ada')
  const first = await ada.call('GET', '/users/me')
  assert.equal(first.headers['ratelimit-limit'], '5')
  assert.equal(first.headers['ratelimit-remaining'], '4')
  assert.ok(Number(first.headers['ratelimit-reset']) <= 60)
  for (let time = 0; time < 4; time += 1)
    assert.equal((await ada.call('GET', '/users/me')).status, 200)
  const { status, body, headers } = await ada.call('GET', '/users/me')
  assert.equal(status, 429)
  assert.equal(body.code, 'too_many_requests')
  assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  assert.ok(Number(headers['retry-after']) > 0)
  // The registration was the first of three requests without a token.
  assert.equal((await world.anyone('GET', '/products')).status, 200)
  assert.equal((await world.anyone('GET', '/users/me')).status, 401)
  assert.equal((await world.anyone('GET', '/products')).status, 429)
  assert.equal((await world.anyone('GET', '/nothing')).status, 429)
})

test('requests with invalid tokens count for the rate limit', async () => {
  await using world = await httpWorld({ config: { rateLimit: { perUser: 5, perIp: 3 } } })
  const guess = async () =>
    (await world.anyone('GET', '/users/me', undefined, { authorization: 'Bearer guess' })).status
  assert.deepEqual(
    [await guess(), await guess(), await guess(), await guess()],
    [401, 401, 401, 429],
  )
})

test('probes and metrics are never limited', async () => {
  await using world = await httpWorld({ config: { rateLimit: { perUser: 1, perIp: 1 } } })
  for (let time = 0; time < 5; time += 1)
    for (const path of ['//health', '//health/live', '//health/ready', '//metrics'])
      assert.equal((await world.anyone('GET', path)).status, 200)
})

test('pages of other origins may call the API only when their origin is allowed', async () => {
  await using world = await httpWorld({ config: { corsOrigins: ['https://shop.example'] } })
  const from = async (origin: string) =>
    (await world.anyone('GET', '/products', undefined, { origin })).headers
  assert.equal(
    (await from('https://shop.example'))['access-control-allow-origin'],
    'https://shop.example',
  )
  assert.equal((await from('https://evil.example'))['access-control-allow-origin'], undefined)
  const preflight = await world.app.inject({
    method: 'OPTIONS',
    url: '/api/v1/orders',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  })
  assert.equal(preflight.statusCode, 204)
  assert.equal(preflight.headers['access-control-allow-methods'], 'GET, POST, PUT, PATCH, DELETE')
  await using closed = await httpWorld()
  const { headers } = await closed.anyone('GET', '/products', undefined, {
    origin: 'https://a.example',
  })
  assert.equal(headers['access-control-allow-origin'], undefined)
})

test('pages of other origins may read refusals and their Retry-After', async () => {
  const loadLimits = { requests: 0, delay: 1_000, answer: 10_000 }
  const corsOrigins = ['https://shop.example']
  await using world = await httpWorld({ config: { corsOrigins, loadLimits } })
  const origin = { origin: 'https://shop.example' }
  const { status, headers } = await world.anyone('GET', '/products', undefined, origin)
  assert.equal(status, 503)
  assert.equal(headers['access-control-allow-origin'], 'https://shop.example')
  for (const name of ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'])
    assert.ok(String(headers['access-control-expose-headers']).includes(name), name)

  const checks = async () => [{ name: 'postgres', ok: false }]
  await using away = await httpWorld({ checks, config: { corsOrigins } })
  const notReady = await away.anyone('GET', '/health/ready', undefined, origin)
  assert.equal(notReady.status, 503)
  assert.equal(notReady.headers['access-control-allow-origin'], 'https://shop.example')
})

test('OPTIONS without preflight headers is answered with the methods', async () => {
  await using world = await httpWorld({ config: { corsOrigins: ['https://shop.example'] } })
  const { statusCode, headers } = await world.app.inject({
    method: 'OPTIONS',
    url: '/api/v1/products',
  })
  assert.equal(statusCode, 204)
  assert.equal(headers['access-control-allow-methods'], 'GET, POST, PUT, PATCH, DELETE')
})

test('answers have headers against caching, framing, sniffing and scripts', async () => {
  await using world = await httpWorld({ config: { secureCookies: true } })
  const { headers } = await world.anyone('GET', '/products')
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
  assert.equal(headers['x-permitted-cross-domain-policies'], 'none')
  assert.match(String(headers['content-security-policy']), /default-src 'none'/)
  assert.match(String(headers['strict-transport-security']), /max-age=31536000/)
})

test('an internal error is answered in general terms, and logged with the correlation id', async () => {
  await using world = await httpWorld({
    checks: async () => {
      throw new Error('the password of the database is hunter22')
    },
  })
  const { status, body, text } = await world.anyone('GET', '/health')
  assert.equal(status, 500)
  assert.equal(body.code, 'internal_error')
  assert.ok(!text.includes('hunter22'))
  const line = world.written.find((written) => written.includes('hunter22'))
  assert.ok(line?.includes(body.traceId))
})

test('an unavailable dependency is answered with 503 and Retry-After', async () => {
  await using world = await httpWorld()
  const { readModels } = world
  await using away = await httpWorld({
    ...world.deps,
    readModels: {
      ...readModels,
      find: () => Promise.reject(new Unavailable('PostgreSQL cannot be reached')),
    },
  })
  const { status, body, headers } = await away.anyone('GET', '/products')
  assert.equal(status, 503)
  assert.equal(body.code, 'unavailable')
  assert.equal(headers['retry-after'], '1')
  assert.equal((await away.anyone('GET', '//health/live')).status, 200)
})

test('health reports every check; ready is 503 and names the failing ones', async () => {
  let ok = true
  const checks = async () => [
    { name: 'event log', ok: true },
    { name: 'read models', ok, ...(ok ? {} : { detail: 'orders is 5,000 events behind' }) },
  ]
  await using world = await httpWorld({ checks })
  for (const path of ['//health', '/health']) {
    assert.deepEqual((await world.anyone('GET', path)).body.data.status, 'ok')
  }
  assert.equal((await world.anyone('GET', '//health/ready')).status, 200)
  ok = false
  const health = await world.anyone('GET', '//health')
  assert.equal(health.status, 200)
  assert.equal(health.body.data.status, 'degraded')
  const ready = await world.anyone('GET', '/health/ready')
  assert.equal(ready.status, 503)
  assert.deepEqual(ready.body.errors, [
    { field: 'read models', message: 'orders is 5,000 events behind' },
  ])
  assert.equal((await world.anyone('GET', '//health/live')).status, 200)
})

test('metrics are served in the format of Prometheus', async () => {
  await using world = await httpWorld()
  for (const path of ['//metrics', '/metrics']) {
    const { text, headers } = await world.anyone('GET', path)
    assert.equal(text, 'agora_up 1\n')
    assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
  }
})

test('a failing optional check is reported, and does not affect readiness', async () => {
  const tea = { name: 'tea', ok: false, optional: true, detail: 'No instance serves it' }
  await using world = await httpWorld({ checks: async () => [tea] })
  const { data } = (await world.anyone('GET', '/health')).body
  const { optional: _, ...shown } = tea
  assert.deepEqual(data, { status: 'degraded', checks: [shown] })
  assert.equal((await world.anyone('GET', '/health/ready')).status, 200)
})

test('callers from public networks see results of checks without details, and no metrics', async () => {
  const metricsToken = 'nobody guesses this'
  const checks = async () => [{ name: 'postgres', ok: false, detail: 'It is at 10.0.0.3' }]
  await using world = await httpWorld({ checks, config: { metricsToken } })
  const ask = (url: string, remoteAddress: string, headers = {}) =>
    world.app.inject({ url, remoteAddress, headers })
  const authorization = `Bearer ${metricsToken}`
  for (const [address, headers, isNear] of [
    ['127.0.0.1', {}, true],
    ['::ffff:172.18.0.1', {}, true],
    ['fd00::7', {}, true],
    ['203.0.113.7', { authorization }, true],
    ['10.0.0.9', { authorization, 'x-forwarded-for': '203.0.113.7' }, true],
    ['203.0.113.7', {}, false],
    ['2001:db8::1', {}, false],
    ['::ffff:203.0.113.7', {}, false],
    ['203.0.113.7', { 'x-forwarded-for': '127.0.0.1' }, false],
    ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, false],
    ['10.0.0.9', { forwarded: 'for=10.0.0.1' }, false],
    ['203.0.113.7', { authorization: 'Bearer guess' }, false],
  ] as const) {
    const told = `${address} ${JSON.stringify(headers)}`
    for (const url of ['/metrics', '/api/v1/metrics'])
      assert.equal((await ask(url, address, headers)).statusCode, isNear ? 200 : 403, told)
    for (const [url, status] of [
      ['/health', 200],
      ['/health/ready', 503],
    ] as const) {
      const answer = await ask(url, address, headers)
      assert.equal(answer.statusCode, status, told)
      assert.ok(answer.body.includes('postgres'), told)
      assert.equal(answer.body.includes('10.0.0.3'), isNear, told)
    }
  }
})

test('requests are counted by route pattern, not by path', async () => {
  const seen: string[] = []
  await using world = await httpWorld({
    served: ({ method, route, status, duration }) => {
      assert.ok(duration >= 0)
      seen.push(`${method} ${route} ${status}`)
    },
  })
  await world.anyone('GET', '/products/lamp')
  await world.anyone('GET', '/nothing/at/all')
  assert.deepEqual(seen, ['GET /api/v1/products/:id 400', 'GET unknown 404'])
})

test('a logger with the redacted paths omits secrets', () => {
  const lines: string[] = []
  const redact = { paths: [...redactedPaths], censor: '***' }
  const logger = pino({ redact }, { write: (line: string) => void lines.push(line) })
  const secret = 'hunter22'
  logger.info({ password: secret, token: secret })
  logger.info({ body: { password: secret, refreshToken: secret, passwordHash: secret } })
  logger.info({ request: { headers: { authorization: secret, cookie: secret } } })
  logger.info({ reply: { headers: { 'set-cookie': secret } }, accessToken: secret })
  assert.equal(lines.length, 4)
  assert.ok(lines.every((line) => line.includes('***') && !line.includes(secret)))
})
