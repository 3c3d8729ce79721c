import { once } from 'node:events'
import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { asyncCounts } from '../../../../test/support/async-counts.ts'
import { httpWorld, onlyProcess } from '../../../../test/support/http.ts'
import { until } from '../../../../test/support/until.ts'
import { internalHeader } from '../../../platform/security/internal-calls.ts'
import type { Passed, PassedBack } from '../../../platform/messaging/request-proxy/port.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import type { HttpConfig, Served } from '../dependencies.ts'
import { defaultLoadLimits } from '../protection/shedding.ts'
import { PassedRead } from './passed-read.ts'

const parts: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const end of parts.splice(0).toReversed()) await end()
})

const body = Buffer.from('{"who":"Zoë ✓"}')
const back: PassedBack = {
  status: 200,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    etag: '"7"',
    'set-cookie': ['a=1', 'b=2'],
    'x-agora-position': '12',
    'referrer-policy': 'same-origin',
  },
  body,
}
const id = '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'
const plain = '/api/v1/users/me'

type Asked = Readonly<Record<string, string>>

type Headers = Readonly<Record<string, unknown>>

/** A listening gateway in front of a simulated process. */
const front = async (
  config: Partial<HttpConfig> = {},
  answer: (passed: Passed) => Promise<PassedBack> = async () => back,
) => {
  const passed: (Passed & { readonly context: string })[] = []
  const served: Served[] = []
  const world = await httpWorld({
    processes: {
      ...onlyProcess(),
      isHere: (context) => ['system', 'discovery', 'identity'].includes(context),
      passOn: async (context, one) => {
        passed.push({ ...one, context })
        return answer(one)
      },
    },
    served: (one) => void served.push(one),
    config,
  })
  parts.push(async () => world[Symbol.asyncDispose]())
  const ada = await world.someone('ada', 'buyer')
  const url = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  parts.push(() => agent.destroy())
  const bearer = { authorization: `Bearer ${ada.token}` }
  /** Sends a request over a connection, as `inject` bypasses the short path. */
  const ask = async (path = plain, headers: Asked = bearer, method = 'GET') => {
    const sent = request(`${url}${path}`, { agent, method, headers: { ...headers } })
    sent.end()
    const [response] = await once(sent, 'response')
    const body = await text(response)
    const { statusCode, headers: got }: { statusCode: number; headers: IncomingHttpHeaders } =
      response
    return { status: statusCode, headers: got, body }
  }
  const isShort = () => passed.at(-1)?.waiting instanceof PassedRead
  // Fastify verifies a token on its first use.
  await ada.call('GET', '//health/live')
  passed.length = 0
  served.length = 0
  return { ...world, ada, bearer, url, ask, passed, served, isShort }
}

/** Headers that differ with the connection or the request. */
const ofConnection = new Set(['date', 'connection', 'keep-alive', 'ratelimit-reset'])
const withoutConnection = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name)))

/** The remaining requests, normalised by one for the request itself. */
const leftBefore = ({ 'ratelimit-remaining': left }: Headers): Headers =>
  left === undefined ? {} : { 'ratelimit-remaining': String(Number(left) + 1) }

describe('a plain forwarded read', () => {
  test.for<Partial<HttpConfig>>([
    {},
    { secureCookies: true },
    { corsOrigins: ['https://shop.example'] },
    { corsOrigins: ['*'] },
    { rateLimit: { perUser: 9, perIp: 9 } },
    { trustProxy: 2 },
  ])('has the same answer with and without Fastify: %o', async (config) => {
    const { app, ask, bearer, passed, isShort } = await front(config)
    const headers = {
      ...bearer,
      'x-correlation-id': id,
      'x-forwarded-for': '192.0.2.1, 192.0.2.7, 192.0.2.8',
      'x-forwarded-proto': 'http, https',
    }
    const long = await app.inject({
      method: 'GET',
      url: plain,
      headers,
      remoteAddress: '127.0.0.1',
    })
    expect(isShort()).toBe(false)
    const short = await ask(plain, headers)
    expect(isShort()).toBe(true)
    expect({ ...withoutConnection(short.headers), ...leftBefore(short.headers) }).toEqual(
      withoutConnection(long.headers),
    )
    expect(short).toMatchObject({ status: long.statusCode, body: long.body })
    const [first, second] = passed.map(
      ({ context, url, userId, address, protocol, headers: sent }) => ({
        context,
        url,
        userId,
        address,
        protocol,
        forwarded: sent['x-forwarded-for'],
      }),
    )
    expect(second).toEqual(first)
  })

  test('has a correlation id of its own, unless it sends a UUID', async () => {
    const { ask, bearer, passed } = await front()
    const { headers } = await ask(plain, { ...bearer, 'x-correlation-id': 'mine' })
    expect(headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(passed.at(-1)?.correlationId).toBe(headers['x-correlation-id'])
  })

  test('is counted and logged by the pattern of its route', async () => {
    const { ask, served, written, isShort } = await front()
    await ask(`/api/v1/users/${id}`)
    expect(isShort()).toBe(true)
    await until(
      () => served.length,
      (count) => count === 1,
    )
    expect(served).toMatchObject([{ method: 'GET', route: '/api/v1/users/:id', status: 200 }])
    expect(served[0]?.duration).toBeGreaterThan(0)
    expect(written.at(-1)).toContain('A request was answered')
  })

  test('is refused beyond the rate limit, which both paths share', async () => {
    const { ask, ada, passed } = await front({ rateLimit: { perUser: 3, perIp: 100 } })
    await ada.call('GET', '/users/me')
    expect((await ask()).headers['ratelimit-remaining']).toBe('1')
    await ask()
    const before = passed.length
    const refused = await ask()
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'ratelimit-remaining': '0', 'x-frame-options': 'DENY' },
    })
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'too_many_requests', status: 429 })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(passed).toHaveLength(before)
  })

  test('without an instance is answered with a problem, and logged', async () => {
    const { ask, written, isShort } = await front({}, async () => {
      throw new Unavailable('No instance serves profiles now')
    })
    const { status, headers, body } = await ask()
    expect(isShort()).toBe(true)
    expect({ status, wait: headers['retry-after'] }).toEqual({ status: 503, wait: '1' })
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8' })
    expect(JSON.parse(body)).toMatchObject({
      code: 'unavailable',
      detail: expect.stringMatching(/^The context profiles is unavailable/),
      traceId: headers['x-correlation-id'],
    })
    expect(written.join()).toContain('A request was answered with 503')
  })

  test('is given up when overdue, and its call aborted', async () => {
    const { ask, passed, written } = await front(
      { loadLimits: { ...defaultLoadLimits, delay: 60_000, answer: 50 } },
      () => new Promise(() => undefined),
    )
    const { status, body } = await ask()
    expect({ status, code: JSON.parse(body).code }).toEqual({ status: 503, code: 'too_slow' })
    expect(passed.at(-1)?.waiting?.isOver).toBe(true)
    expect(written.join()).toContain('An answer took too long')
  })

  test('is aborted when its client disconnects, and not counted', async () => {
    const { url, bearer, passed, served } = await front({}, () => new Promise(() => undefined))
    const sent = request(`${url}${plain}`, { headers: bearer }).on('error', () => undefined)
    sent.end()
    const waiting = await until(
      () => passed.at(-1)?.waiting,
      (it) => it !== undefined,
    )
    let told = 0
    waiting?.onOver(() => void told++)
    sent.destroy()
    await until(
      () => told,
      (count) => count > 0,
    )
    expect({ told, isOver: waiting?.isOver, served }).toEqual({ told: 1, isOver: true, served: [] })
  })

  test('leaves no line in the log when its client disconnects', async () => {
    const failing = Promise.withResolvers<never>()
    const { url, bearer, passed, ask, written } = await front({}, ({ waiting }) => {
      waiting?.onOver(() => failing.reject(new Unavailable('The answer was cut off')))
      return failing.promise
    })
    const sent = request(`${url}${plain}`, { headers: bearer }).on('error', () => undefined)
    sent.end()
    await until(
      () => passed.length,
      (count) => count > 0,
    )
    sent.destroy()
    await expect(failing.promise).rejects.toThrow('cut off')
    await ask('/health/live')
    expect(written.join()).not.toContain('cut off')
  })

  test('is shed while the process is overloaded, and admitted again afterwards', async () => {
    const held: ((back: PassedBack) => void)[] = []
    const { url, bearer, ask, passed, isShort } = await front(
      { loadLimits: { ...defaultLoadLimits, requests: 1, delay: 60_000, answer: 60_000 } },
      () => new Promise((resolve) => void held.push(resolve)),
    )
    const first = request(`${url}${plain}`, { headers: bearer, agent: false })
    first.end()
    await until(
      () => held.length,
      (count) => count === 1,
    )
    expect((await ask()).status).toBe(503)
    expect(passed).toHaveLength(1)
    held.splice(0).forEach((answer) => answer(back))
    const [answered] = await once(first, 'response')
    await text(answered)
    const asking = ask()
    await until(
      () => held.length,
      (count) => count === 1,
    )
    held.splice(0).forEach((answer) => answer(back))
    expect({ status: (await asking).status, isShort: isShort() }).toEqual({
      status: 200,
      isShort: true,
    })
  })

  test('is streamed when it is long, and cut off with its source', async () => {
    const streams: PassThrough[] = []
    const { ask, isShort } = await front({}, async () => {
      const body = new PassThrough()
      streams.push(body)
      return { status: 200, headers: { 'content-type': 'text/csv' }, body }
    })
    const whole = ask()
    const first = await until(
      () => streams.at(-1),
      (it) => it !== undefined && isShort(),
    )
    first?.write('a,')
    first?.end('b')
    expect((await whole).body).toBe('a,b')
    const count = streams.length
    const broken = ask()
    const second = await until(
      () => streams[count],
      (it) => it !== undefined,
    )
    second?.write('a,')
    second?.destroy(new Error('The source broke off'))
    await expect(broken).rejects.toThrow(/aborted|hang up|premature/i)
  })

  test('has no time limit once it is streamed', async () => {
    const body = new PassThrough()
    const { ask, passed, written, isShort } = await front(
      { loadLimits: { ...defaultLoadLimits, delay: 60_000, answer: 50 } },
      async () => ({ status: 200, headers: { 'content-type': 'text/csv' }, body }),
    )
    const asking = ask()
    body.write('a,')
    await expect.poll(() => written.join()).toContain('An answer took too long')
    expect({ isShort: isShort(), isOver: passed.at(-1)?.waiting?.isOver }).toEqual({
      isShort: true,
      isOver: false,
    })
    body.end('b')
    expect((await asking).body).toBe('a,b')
  })

  test('creates two promises of its own', async () => {
    const { url, bearer, isShort } = await front()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    parts.push(() => agent.destroy())
    const ask = (): Promise<void> =>
      new Promise((resolve, reject) => {
        request(`${url}${plain}`, { agent, headers: bearer }, (response) => {
          response.resume()
          response.once('end', resolve)
        })
          .once('error', reject)
          .end()
      })
    await ask()
    expect(isShort()).toBe(true)
    const times = 100
    const promises = async () => {
      const { PROMISE = 0 } = await asyncCounts(async () => {
        for (let count = 0; count < times; count++) await ask()
      })
      return PROMISE / times
    }
    // Three belong to the client and this loop, three to the simulated process. The minimum of some runs excludes other work
    // of this process: a slow machine does more of it meanwhile.
    const most = 8.5
    let least = await promises()
    for (let run = 2; run <= 10 && least >= most; run += 1)
      least = Math.min(least, await promises())
    expect(least).toBeLessThan(most)
  })
})

describe('Fastify serves requests that are not plain:', () => {
  test.for<readonly [what: string, path: string, headers: Asked, status: number, method?: string]>([
    ['no token', plain, {}, 401],
    ['an invalid token', plain, { authorization: 'Bearer x' }, 401],
    ['another scheme', plain, { authorization: 'Basic eA==' }, 401],
    ['a caller without access', '/api/v1/admin/projections', {}, 403],
    ['a page of another origin', plain, { origin: 'https://shop.example' }, 200],
    ['an encoded path', '/api/v1/users/%61', {}, 200],
    ['an invalidly encoded query', '/api/v1/users/me?x=%', {}, 400],
    ['a header of other processes', plain, { [internalHeader]: 'x' }, 200],
    ['a body', plain, { 'content-length': '0' }, 200],
    ['another method', '/api/v1/orders', {}, 200, 'POST'],
    ['HEAD', plain, {}, 200, 'HEAD'],
    ['a route of this process', '/api/v1/health/live', {}, 200],
    ['an unknown path', '/api/v1/nowhere', {}, 404],
    ['a parameter that is too long', `/api/v1/users/${'x'.repeat(501)}`, {}, 400],
  ])('%s', async ([what, path, headers, status, method]) => {
    const { ask, bearer, isShort } = await front()
    const isKnown = what !== 'no token'
    const reply = await ask(path, { ...(isKnown && bearer), ...headers }, method)
    expect({ status: reply.status, isShort: isShort() }).toEqual({ status, isShort: false })
    expect(reply.headers['x-frame-options']).toBe('DENY')
  })

  test('two hosts', async () => {
    const { url, ada, passed } = await front()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(
      `GET ${plain} HTTP/1.1\r\nHost: a\r\nHost: b\r\nAuthorization: Bearer ${ada.token}\r\nConnection: close\r\n\r\n`,
    )
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /)
    expect(passed).toEqual([])
  })

  test('a verified token whose session has ended', async () => {
    const { ask, ada, bearer, passed } = await front()
    expect((await ask()).status).toBe(200)
    const count = passed.length
    expect((await ada.call('POST', '/auth/logout', {})).status).toBeLessThan(300)
    await expect.poll(async () => (await ask(plain, bearer)).status).toBe(401)
    const after = passed.length
    expect((await ask()).status).toBe(401)
    expect(passed).toHaveLength(after)
    expect(after).toBeGreaterThanOrEqual(count)
  })
})
