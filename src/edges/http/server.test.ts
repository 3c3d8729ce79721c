import { expect, test } from 'vitest'
import { pino } from 'pino'
import { httpWorld } from '../../../test/support/http.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { redactedPaths } from './dependencies.ts'

test('users and addresses have limits of their own, and answers report the remaining requests', async () => {
  await using world = await httpWorld({ config: { rateLimit: { perUser: 5, perIp: 3 } } })
  const ada = await world.someone('ada')
  const first = await ada.call('GET', '/users/me')
  expect(first.headers['ratelimit-limit']).toBe('5')
  expect(first.headers['ratelimit-remaining']).toBe('4')
  expect.assert(Number(first.headers['ratelimit-reset']) <= 60)
  for (let time = 0; time < 4; time += 1)
    expect((await ada.call('GET', '/users/me')).status).toBe(200)
  const { status, body, headers } = await ada.call('GET', '/users/me')
  expect(status).toBe(429)
  expect(body.code).toBe('too_many_requests')
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect.assert(Number(headers['retry-after']) > 0)
  // The registration was the first of three requests without a token.
  expect((await world.anyone('GET', '/products')).status).toBe(200)
  expect((await world.anyone('GET', '/users/me')).status).toBe(401)
  expect((await world.anyone('GET', '/products')).status).toBe(429)
  expect((await world.anyone('GET', '/nothing')).status).toBe(429)
})

test('requests with invalid tokens count for the rate limit', async () => {
  await using world = await httpWorld({ config: { rateLimit: { perUser: 5, perIp: 3 } } })
  const guess = async () =>
    (await world.anyone('GET', '/users/me', undefined, { authorization: 'Bearer guess' })).status
  expect([await guess(), await guess(), await guess(), await guess()]).toStrictEqual([
    401, 401, 401, 429,
  ])
})

test('probes and metrics are never limited', async () => {
  await using world = await httpWorld({ config: { rateLimit: { perUser: 1, perIp: 1 } } })
  for (let time = 0; time < 5; time += 1)
    for (const path of ['//health', '//health/live', '//health/ready', '//metrics'])
      expect((await world.anyone('GET', path)).status).toBe(200)
})

test('pages of other origins may call the API only when their origin is allowed', async () => {
  await using world = await httpWorld({ config: { corsOrigins: ['https://shop.example'] } })
  const from = async (origin: string) =>
    (await world.anyone('GET', '/products', undefined, { origin })).headers
  expect((await from('https://shop.example'))['access-control-allow-origin']).toBe(
    'https://shop.example',
  )
  expect((await from('https://evil.example'))['access-control-allow-origin']).toBeUndefined()
  const preflight = await world.app.inject({
    method: 'OPTIONS',
    url: '/api/v1/orders',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  })
  expect(preflight.statusCode).toBe(204)
  expect(preflight.headers['access-control-allow-methods']).toBe('GET, POST, PUT, PATCH, DELETE')
  await using closed = await httpWorld()
  const { headers } = await closed.anyone('GET', '/products', undefined, {
    origin: 'https://a.example',
  })
  expect(headers['access-control-allow-origin']).toBeUndefined()
})

test('pages of other origins may read refusals and their Retry-After', async () => {
  const loadLimits = { requests: 0, delay: 1_000, answer: 10_000 }
  const corsOrigins = ['https://shop.example']
  await using world = await httpWorld({ config: { corsOrigins, loadLimits } })
  const origin = { origin: 'https://shop.example' }
  const { status, headers } = await world.anyone('GET', '/products', undefined, origin)
  expect(status).toBe(503)
  expect(headers['access-control-allow-origin']).toBe('https://shop.example')
  for (const name of ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'])
    expect.assert(String(headers['access-control-expose-headers']).includes(name), name)

  const checks = async () => [{ name: 'postgres', ok: false }]
  await using away = await httpWorld({ checks, config: { corsOrigins } })
  const notReady = await away.anyone('GET', '/health/ready', undefined, origin)
  expect(notReady.status).toBe(503)
  expect(notReady.headers['access-control-allow-origin']).toBe('https://shop.example')
})

test('OPTIONS without preflight headers is answered with the methods', async () => {
  await using world = await httpWorld({ config: { corsOrigins: ['https://shop.example'] } })
  const { statusCode, headers } = await world.app.inject({
    method: 'OPTIONS',
    url: '/api/v1/products',
  })
  expect(statusCode).toBe(204)
  expect(headers['access-control-allow-methods']).toBe('GET, POST, PUT, PATCH, DELETE')
})

test('answers have headers against caching, framing, sniffing and scripts', async () => {
  await using world = await httpWorld({ config: { secureCookies: true } })
  const { headers } = await world.anyone('GET', '/products')
  expect(headers['cache-control']).toBe('no-store')
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['x-frame-options']).toBe('DENY')
  expect(headers['cross-origin-opener-policy']).toBe('same-origin')
  expect(headers['x-permitted-cross-domain-policies']).toBe('none')
  expect(String(headers['content-security-policy'])).toMatch(/default-src 'none'/)
  expect(String(headers['strict-transport-security'])).toMatch(/max-age=31536000/)
})

test('an internal error is answered in general terms, and logged with the correlation id', async () => {
  await using world = await httpWorld({
    checks: async () => {
      throw new Error('the password of the database is hunter22')
    },
  })
  const { status, body, text } = await world.anyone('GET', '/health')
  expect(status).toBe(500)
  expect(body.code).toBe('internal_error')
  expect.assert(!text.includes('hunter22'))
  const line = world.written.find((written) => written.includes('hunter22'))
  expect.assert(line?.includes(body.traceId))
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
  expect(status).toBe(503)
  expect(body.code).toBe('unavailable')
  expect(headers['retry-after']).toBe('1')
  expect((await away.anyone('GET', '//health/live')).status).toBe(200)
})

test('health reports every check; ready is 503 and names the failing ones', async () => {
  let ok = true
  const checks = async () => [
    { name: 'event log', ok: true },
    { name: 'read models', ok, ...(ok ? {} : { detail: 'orders is 5,000 events behind' }) },
  ]
  await using world = await httpWorld({ checks })
  for (const path of ['//health', '/health']) {
    expect((await world.anyone('GET', path)).body.data.status).toStrictEqual('ok')
  }
  expect((await world.anyone('GET', '//health/ready')).status).toBe(200)
  ok = false
  const health = await world.anyone('GET', '//health')
  expect(health.status).toBe(200)
  expect(health.body.data.status).toBe('degraded')
  const ready = await world.anyone('GET', '/health/ready')
  expect(ready.status).toBe(503)
  expect(ready.body.errors).toStrictEqual([
    { field: 'read models', message: 'orders is 5,000 events behind' },
  ])
  expect((await world.anyone('GET', '//health/live')).status).toBe(200)
})

test('metrics are served in the format of Prometheus', async () => {
  await using world = await httpWorld()
  for (const path of ['//metrics', '/metrics']) {
    const { text, headers } = await world.anyone('GET', path)
    expect(text).toBe('agora_up 1\n')
    expect(String(headers['content-type'])).toMatch(/^text\/plain; version=0\.0\.4/)
  }
})

test('a failing optional check is reported, and does not affect readiness', async () => {
  const tea = { name: 'tea', ok: false, optional: true, detail: 'No instance serves it' }
  await using world = await httpWorld({ checks: async () => [tea] })
  const { data } = (await world.anyone('GET', '/health')).body
  const { optional: _, ...shown } = tea
  expect(data).toStrictEqual({ status: 'degraded', checks: [shown] })
  expect((await world.anyone('GET', '/health/ready')).status).toBe(200)
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
      expect((await ask(url, address, headers)).statusCode, told).toBe(isNear ? 200 : 403)
    for (const [url, status] of [
      ['/health', 200],
      ['/health/ready', 503],
    ] as const) {
      const answer = await ask(url, address, headers)
      expect(answer.statusCode, told).toBe(status)
      expect.assert(answer.body.includes('postgres'), told)
      expect(answer.body.includes('10.0.0.3'), told).toBe(isNear)
    }
  }
})

test('requests are counted by route pattern, not by path', async () => {
  const seen: string[] = []
  await using world = await httpWorld({
    served: ({ method, route, status, duration }) => {
      expect.assert(duration >= 0)
      seen.push(`${method} ${route} ${status}`)
    },
  })
  await world.anyone('GET', '/products/lamp')
  await world.anyone('GET', '/nothing/at/all')
  expect(seen).toStrictEqual(['GET /api/v1/products/:id 400', 'GET unknown 404'])
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
  expect(lines.length).toBe(4)
  expect.assert(lines.every((line) => line.includes('***') && !line.includes(secret)))
})
