import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/support/until.ts'
import { internalCalls, internalHeader } from '../../platform/security/internal-calls.ts'
import { staticResolver } from '../../platform/messaging/registry/static-resolver.ts'
import { memoryRegistry } from '../../platform/messaging/registry/memory.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { openGateway, type Gateway } from './index.ts'
import { leastPending } from './least-pending.ts'
import type { Passed, PassedBack } from '../../platform/messaging/request-proxy/port.ts'

const calls = internalCalls(Buffer.alloc(32, 7))
const cleanUp: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).toReversed()) await clean()
})

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** Starts an instance that answers by a handler. */
const serve = async (handler: Handler): Promise<{ server: Server; url: string; port: number }> => {
  const server = createServer((request, response) => {
    void text(request).then((body) => handler(request, response, body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, port, url: `http://127.0.0.1:${port}` }
}

const named =
  (name: string): Handler =>
  (_request, response) =>
    void response.end(name)

const errors: string[] = []
const setUp = async (urls: Readonly<Record<string, string>>, options = {}) => {
  const registry = memoryRegistry()
  for (const [id, url] of Object.entries(urls))
    await registry.register({ id, url, roles: ['api'], services: ['tea'] })
  const gateway = await openGateway(registry, calls, {
    every: 20,
    onError: (error) => errors.push(String(error)),
    ...options,
  })
  cleanUp.push(gateway.close)
  return { registry, gateway }
}

const passed = (more: Partial<Passed> = {}): Passed => ({
  method: 'GET',
  url: '/api/v1/tea?x=1',
  headers: { host: 'shop.example' },
  body: undefined,
  userId: 'ada',
  address: '10.0.0.9',
  protocol: 'https',
  correlationId: 'c-1',
  ...more,
})
const textOf = ({ body }: PassedBack) => (Buffer.isBuffer(body) ? String(body) : text(body))
const ask = async ({ passOn }: Gateway, more: Partial<Passed> = {}) => {
  const back = await passOn('tea', passed(more))
  return { status: back.status, headers: back.headers, text: await textOf(back) }
}
/** A client that waits for its answer until `end`, or for a number of ms. */
const waiting = (ms?: number) => {
  const client = new AbortController()
  let listener: (() => void) | undefined
  client.signal.addEventListener('abort', () => listener?.())
  if (ms !== undefined) setTimeout(() => client.abort(), ms)
  return {
    get isOver() {
      return client.signal.aborted
    },
    onOver: (called: (() => void) | undefined) => void (listener = called),
    end: () => client.abort(),
  }
}
/** Returns the URL of a port without a listener. */
const nowhere = async () => {
  const { server, url } = await serve(named('gone'))
  server.close()
  await once(server, 'close')
  return url
}

describe('a forwarded request', () => {
  test('arrives complete, with the identity of its client set by the gateway alone', async () => {
    let seen: IncomingMessage | undefined
    let sent = ''
    const { url } = await serve((request, response, body) => {
      seen = request
      sent = body
      response.writeHead(418, { 'x-mine': 'yes', connection: 'keep-alive, x-hop', 'x-hop': '1' })
      response.end('{"hot":true}')
    })
    const { gateway } = await setUp({ one: url })
    const answer = await ask(gateway, {
      method: 'POST',
      body: Buffer.from('{"a":1}'),
      headers: {
        host: 'shop.example',
        authorization: 'Bearer t',
        'content-type': 'application/json',
        'content-length': '999',
        'x-user-id': 'root',
        'x-correlation-id': 'theirs',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-host': 'evil.example',
        forwarded: 'for=6.6.6.6',
        'x-real-ip': '6.6.6.6',
        [internalHeader]: 'mine',
        connection: 'close, x-secret-hop',
        'x-secret-hop': 'y',
      },
    })
    expect(answer).toMatchObject({
      status: 418,
      text: '{"hot":true}',
      headers: { 'x-mine': 'yes' },
    })
    expect(answer.headers).not.toHaveProperty('x-hop')
    expect(seen).toMatchObject({ method: 'POST', url: '/api/v1/tea?x=1' })
    expect(sent).toBe('{"a":1}')
    const { [internalHeader]: token, ...headers } = seen?.headers ?? {}
    expect(headers).toMatchObject({
      host: 'shop.example',
      authorization: 'Bearer t',
      'content-type': 'application/json',
      'content-length': '7',
      'x-user-id': 'ada',
      'x-forwarded-for': '10.0.0.9',
      'x-forwarded-proto': 'https',
      'x-correlation-id': 'c-1',
    })
    for (const name of ['x-forwarded-host', 'forwarded', 'x-real-ip', 'x-secret-hop'])
      expect(headers).not.toHaveProperty(name)
    const call = {
      audience: 'one',
      method: 'POST',
      url: '/api/v1/tea?x=1',
      userId: 'ada',
      address: '10.0.0.9',
    }
    expect(calls.isGood(String(token), call)).toBe(true)
  })

  test('is answered by a stream when the answer is long, and by the unchanged answer when it is a failure', async () => {
    const long = 'x'.repeat(3_000_000)
    const { url } = await serve((request, response) =>
      request.url === '/fail'
        ? void response.writeHead(503, { 'retry-after': '7' }).end('wait')
        : void response.end(long),
    )
    const { gateway } = await setUp({ one: url })
    expect((await ask(gateway)).text).toBe(long)
    await expect.poll(() => gateway.breakers()[0]?.pending).toBe(0)
    expect(await ask(gateway, { url: '/fail' })).toMatchObject({
      status: 503,
      text: 'wait',
      headers: { 'retry-after': '7' },
    })
    expect((await ask(gateway, { method: 'HEAD' })).text).toBe('')
  })
})

describe('instances', () => {
  test('with the fewest pending requests are picked, round robin among equals', async () => {
    const pick = leastPending()
    const [a, b, c] = [{ pending: 1 }, { pending: 0 }, { pending: 0 }]
    const picked = [pick([a, b, c]), pick([a, b, c]), pick([a, b, c])]
    expect(picked).not.toContain(a)
    expect(new Set(picked)).toEqual(new Set([b, c]))
    expect(pick([])).toBeUndefined()

    const counts = new Map<string, number>()
    const waiting: (() => void)[] = []
    const slow = await serve((_request, response) => void waiting.push(() => response.end('slow')))
    const quick = await serve(named('quick'))
    const { gateway } = await setUp({ slow: slow.url, quick: quick.url })
    const first = [ask(gateway), ask(gateway)]
    await expect.poll(() => waiting.length).toBe(1)
    for (let count = 0; count < 10; count++) {
      const { text: name } = await ask(gateway)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    expect(counts).toEqual(new Map([['quick', 10]]))
    waiting.forEach((answer) => answer())
    await Promise.all(first)
  })

  test('that register and deregister are picked up; without any, the request is unavailable', async () => {
    const { gateway, registry } = await setUp({})
    await expect(ask(gateway)).rejects.toThrow(Unavailable)
    const { url } = await serve(named('late'))
    await registry.register({ id: 'late', url, roles: ['api'], services: ['tea'] })
    await expect.poll(() => ask(gateway).catch(() => undefined)).toMatchObject({ text: 'late' })
    expect([gateway.isServed('tea'), gateway.isServed('coffee')]).toEqual([true, false])
    await expect(gateway.passOn('coffee', passed())).rejects.toThrow('No instance serves coffee')
    await registry.deregister('late')
    await expect.poll(() => gateway.breakers()).toEqual([])
    await expect(ask(gateway)).rejects.toThrow(Unavailable)
  })

  test('without the role api receive no requests', async () => {
    const { url } = await serve(named('no'))
    const { gateway, registry } = await setUp({})
    await registry.register({ id: 'x', url, roles: ['projections'], services: ['tea'] })
    await registry.register({ id: 'y', url, roles: ['api'], services: ['milk'] })
    await expect.poll(() => gateway.breakers().length).toBe(1)
    await expect(ask(gateway)).rejects.toThrow(Unavailable)
  })
})

describe('a errors instance', () => {
  test('that refuses connections loses no request, of whatever method', async () => {
    const { url } = await serve((_request, response, body) => void response.end(`took ${body}`))
    const { gateway } = await setUp({ dead: await nowhere(), alive: url }, { rest: 60_000 })
    for (let count = 0; count < 20; count++)
      expect(await ask(gateway, { method: 'POST', body: Buffer.from('x') })).toMatchObject({
        status: 200,
        text: 'took x',
      })
    expect(gateway.breakers()).toMatchObject([
      { instance: 'dead', state: 'open' },
      { instance: 'alive', state: 'closed' },
    ])
  })

  test('that cuts answers off has its reads retried elsewhere, and its writes not repeated', async () => {
    let taken = 0
    const broken = await serve((request) => {
      taken += 1
      request.socket.destroy()
    })
    const { url } = await serve(named('ok'))
    const { gateway } = await setUp({ broken: broken.url, ok: url }, { failures: 1_000 })
    for (let count = 0; count < 10; count++) expect((await ask(gateway)).text).toBe('ok')
    expect(taken).toBeGreaterThan(2)
    taken = 0
    const sent = await Promise.allSettled(
      Array.from({ length: 10 }, () => ask(gateway, { method: 'POST', body: Buffer.from('x') })),
    )
    const failed = sent.filter(({ status }) => status === 'rejected')
    expect(failed.length).toBe(taken)
    expect(taken).toBeGreaterThan(0)
    expect(failed[0]).toMatchObject({ reason: expect.any(Unavailable) })
  })

  test('is not counted as failing for a request that cannot be sent', async () => {
    const { url } = await serve(named('ok'))
    const { gateway } = await setUp({ one: url }, { failures: 3 })
    for (const target of ['HTTP://shop.example/api/v1/tea', '*api/v1/tea', 'tea'])
      for (let count = 0; count < 4; count++)
        await expect(ask(gateway, { url: target })).rejects.toThrow(Unavailable)
    expect(gateway.breakers()).toMatchObject([{ state: 'closed' }])
    expect((await ask(gateway)).text).toBe('ok')
  })

  test('that never answers has its reads retried elsewhere, and its writes not repeated', async () => {
    const asked: string[] = []
    const hung = await serve(({ method = '' }) => void asked.push(method))
    const { url } = await serve(named('ok'))
    const { gateway } = await setUp(
      { hung: hung.url, ok: url },
      { timeouts: { read: 50, other: 50, aborted: 1_000 } },
    )
    const answers = await Promise.all([ask(gateway), ask(gateway)])
    expect(answers.map(({ text: name }) => name)).toEqual(['ok', 'ok'])
    expect(asked).toEqual(['GET'])
    const sent = await Promise.allSettled(
      ['a', 'b'].map((body) => ask(gateway, { method: 'POST', body: Buffer.from(body) })),
    )
    expect(sent.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(asked).toEqual(['GET', 'POST'])
  })

  test('that is slow has the longer timeout while no other instance is client', async () => {
    const slow = await serve((_request, response) => {
      setTimeout(() => response.end('slow'), 200)
    })
    const { gateway } = await setUp(
      { slow: slow.url },
      { timeouts: { read: 20, other: 10_000, aborted: 1_000 } },
    )
    expect((await ask(gateway)).text).toBe('slow')
    expect(gateway.breakers()).toMatchObject([{ state: 'closed' }])
  })

  test('is not counted as failing for slow requests while it answers others', async () => {
    const waiting: (() => void)[] = []
    const handler: Handler = ({ url }, response) => {
      if (url === '/slow') waiting.push(() => response.end('slow'))
      else response.end('quick')
    }
    const [one, other] = [await serve(handler), await serve(handler)]
    const states: string[] = []
    const { gateway } = await setUp(
      { one: one.url, other: other.url },
      {
        timeouts: { read: 500, other: 60_000, aborted: 1_000 },
        failures: 2,
        changed: (_instance: unknown, state: string) => states.push(state),
      },
    )
    const slow = Promise.allSettled(
      Array.from({ length: 4 }, async () => (await ask(gateway, { url: '/slow' })).text),
    )
    // Each request is retried with the second instance after the first one timed out.
    await until(
      async () => {
        for (const _ of [1, 2, 3, 4]) expect((await ask(gateway)).text).toBe('quick')
        return waiting.length
      },
      (count) => count === 8,
    )
    waiting.forEach((answer) => answer())
    for (const answer of await slow) expect(answer).toMatchObject({ value: 'slow' })
    expect(states).toEqual([])
  })

  test('that is draining has its reads served by another one', async () => {
    const leaving = await serve(
      (_request, response) => void response.writeHead(503, { connection: 'close' }).end('bye'),
    )
    const { url } = await serve(named('ok'))
    const { gateway } = await setUp({ leaving: leaving.url, ok: url })
    for (let count = 0; count < 6; count++) expect((await ask(gateway)).text).toBe('ok')
  })

  test('that is draining has rejected writes served by another one, and the problems of accepted writes returned', async () => {
    let type = 'application/json'
    const leaving = await serve((_request, response) => {
      response.writeHead(503, { connection: 'close', 'content-type': type }).end('bye')
    })
    const { url } = await serve(named('ok'))
    const { gateway } = await setUp({ leaving: leaving.url, ok: url }, { failures: 100 })
    const texts = async () => {
      const answers: string[] = []
      for (let count = 0; count < 6; count++)
        answers.push((await ask(gateway, { method: 'POST', body: Buffer.from('x') })).text)
      return new Set(answers)
    }
    expect(await texts()).toEqual(new Set(['ok']))
    type = 'application/problem+json; charset=utf-8'
    expect(await texts()).toEqual(new Set(['ok', 'bye']))
  })

  test('is not called while its breaker is open, then by one trial, and is used again when that is answered', async () => {
    const states: string[] = []
    let isWell = false
    let asked = 0
    const sick = await serve((request, response) => {
      asked += 1
      if (isWell) response.end('well')
      else request.socket.destroy()
    })
    const { gateway } = await setUp(
      { sick: sick.url },
      {
        failures: 3,
        rest: 100,
        changed: (_instance: unknown, state: string) => states.push(state),
      },
    )
    for (let count = 0; count < 3; count++) await expect(ask(gateway)).rejects.toThrow(Unavailable)
    expect(gateway.breakers()).toMatchObject([{ instance: 'sick', state: 'open' }])
    expect(gateway.isServed('tea')).toBe(false)
    const before = asked
    await expect(ask(gateway)).rejects.toThrow(Unavailable)
    expect(asked).toBe(before)
    await expect.poll(() => ask(gateway).catch(() => asked)).toBe(before + 1)
    isWell = true
    await expect
      .poll(async () => ask(gateway).catch(() => undefined))
      .toMatchObject({ text: 'well' })
    expect(gateway.breakers()).toMatchObject([{ state: 'closed' }])
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
  })
})

test.each([
  [404, 'no_such_route'],
  [405, 'method_not_allowed'],
])(
  'a route that an older instance lacks (%i) is served by a newer one; without one, the request is unavailable',
  async (status, code) => {
    const older = await serve((_request, response) => {
      const body = JSON.stringify({ success: false, status, code })
      response.writeHead(status, {
        'content-type': 'application/problem+json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
      })
      response.end(body)
    })
    const newer = await serve(named('newer'))
    const { gateway, registry } = await setUp({ older: older.url })
    for (let n = 0; n < 8; n++)
      await expect(ask(gateway, { method: 'POST' })).rejects.toThrow(Unavailable)
    expect(gateway.breakers().every(({ state }) => state === 'closed')).toBe(true)
    await registry.register({ id: 'newer', url: newer.url, roles: ['api'], services: ['tea'] })
    const answer = () =>
      ask(gateway, { method: 'POST' }).then(
        ({ text: said }) => said,
        () => 'nobody',
      )
    await until(answer, (said) => said === 'newer')
    for (let n = 0; n < 4; n++) expect(await answer()).toBe('newer')
  },
)

test('a read is aborted when its client disconnects, and does not count against its instance', async () => {
  let asked = 0
  let gone = 0
  const { url } = await serve((_request, response) => {
    asked += 1
    response.once('close', () => (gone += 1))
  })
  const { gateway } = await setUp({ one: url })
  for (let n = 1; n <= 6; n++) {
    const client = waiting()
    const answer = ask(gateway, { waiting: client })
    await until(
      () => asked,
      (count) => count === n,
    )
    client.end()
    await expect(answer).rejects.toThrow(Unavailable)
  }
  await until(
    () => gone,
    (count) => count === 6,
  )
  expect(gateway.breakers().every(({ state }) => state === 'closed')).toBe(true)
})

describe('an instance that never answers', () => {
  const leave = async (gateway: Gateway, after: number) =>
    expect(ask(gateway, { waiting: waiting(after) })).rejects.toThrow(Unavailable)

  test('opens its breaker by abandoned reads that waited long enough', async () => {
    const { url } = await serve(() => undefined)
    const timeouts = { read: 60_000, other: 60_000, aborted: 50 }
    const { gateway } = await setUp({ one: url }, { timeouts, failures: 3, rest: 60_000 })
    await Promise.all([1, 2, 3].map(() => leave(gateway, 100)))
    expect(gateway.breakers()).toMatchObject([{ state: 'open' }])
  })

  test('does not open its breaker while it answers other requests', async () => {
    const { url } = await serve((request, response) => {
      if (request.url !== '/slow') response.end('quick')
    })
    const timeouts = { read: 60_000, other: 60_000, aborted: 0 }
    const { gateway } = await setUp({ one: url }, { timeouts, failures: 1 })
    const client = waiting()
    const slow = ask(gateway, { url: '/slow', waiting: client })
    expect((await ask(gateway)).text).toBe('quick')
    client.end()
    await expect(slow).rejects.toThrow(Unavailable)
    expect(gateway.breakers()).toMatchObject([{ state: 'closed' }])
  })

  test('stays behind an open breaker when the client of the trial disconnects', async () => {
    const states: string[] = []
    let isSick = true
    let asked = 0
    const { url } = await serve((request) => {
      asked += 1
      if (isSick) request.socket.destroy()
    })
    const { gateway } = await setUp(
      { one: url },
      {
        failures: 1,
        rest: 50,
        changed: (_instance: unknown, state: string) => states.push(state),
      },
    )
    await expect(ask(gateway)).rejects.toThrow(Unavailable)
    isSick = false
    await until(
      async () => {
        await leave(gateway, 100)
        return asked
      },
      (count) => count === 2,
    )
    expect(states).toEqual(['open', 'half-open', 'open'])
  })
})

test('a context without instances of its own is served by those of `*`', async () => {
  const [teapot, other] = [await serve(named('tea')), await serve(named('all'))]
  const gateway = await openGateway(
    staticResolver([
      { services: ['tea'], addresses: [teapot.url] },
      { services: ['*'], addresses: [other.url] },
    ]),
    calls,
    { onError: (error) => errors.push(String(error)) },
  )
  cleanUp.push(gateway.close)
  expect((await ask(gateway)).text).toBe('tea')
  expect(await textOf(await gateway.passOn('coffee', passed()))).toBe('all')
})

test('a context whose own instances are away is not served by those of `*`', async () => {
  const other = await serve(named('all'))
  const gateway = await openGateway(
    staticResolver(
      [
        { services: ['tea'], addresses: ['dns://tea.example:3000'] },
        { services: ['*'], addresses: [other.url] },
      ],
      async (address) => (address.startsWith('dns') ? [] : [address]),
    ),
    calls,
    { onError: (error) => errors.push(String(error)) },
  )
  cleanUp.push(gateway.close)
  await expect(ask(gateway)).rejects.toThrow(Unavailable)
  expect([gateway.isServed('tea'), gateway.isServed('coffee')]).toEqual([false, true])
})

test('the gateway uses the last known instances while the registry is unavailable', async () => {
  const { url } = await serve(named('still here'))
  const registry = memoryRegistry()
  await registry.register({ id: 'one', url, roles: ['api'], services: ['tea'] })
  let isAway = false
  const errors: unknown[] = []
  const gateway = await openGateway(
    {
      services: async () => {
        if (isAway) throw new Unavailable('away')
        return registry.services()
      },
    },
    calls,
    { every: 5, onError: (error) => errors.push(error) },
  )
  cleanUp.push(gateway.close)
  isAway = true
  await expect.poll(() => errors.length).toBeGreaterThan(1)
  expect((await ask(gateway)).text).toBe('still here')
})

describe('a forwarded stream', () => {
  const upload = (body: Readable): Partial<Passed> => ({
    method: 'POST',
    body,
    headers: { host: 'shop.example', 'content-type': 'multipart/form-data', 'content-length': '6' },
  })

  test('is sent while it arrives, with its length', async () => {
    let seen: IncomingMessage | undefined
    const { url } = await serve((request, response, body) => {
      seen = request
      response.end(body)
    })
    const { gateway } = await setUp({ one: url })
    const body = new PassThrough()
    const asked = ask(gateway, upload(body))
    body.write('abc')
    body.end('def')
    expect((await asked).text).toBe('abcdef')
    expect(seen?.headers['content-length']).toBe('6')
  })

  test('goes to another instance as long as nothing of it was sent', async () => {
    const { url } = await serve((_request, response, body) => void response.end(body))
    const { gateway } = await setUp({ gone: await nowhere(), here: url })
    for (let count = 0; count < 4; count += 1)
      expect((await ask(gateway, upload(Readable.from(['abcdef'])))).text).toBe('abcdef')
  })

  test('is not sent a second time', async () => {
    let arrived = 0
    const draining: Handler = (_request, response) => {
      arrived += 1
      response.writeHead(503, { connection: 'close' }).end('draining')
    }
    const [one, two] = [await serve(draining), await serve(draining)]
    const { gateway } = await setUp({ one: one.url, two: two.url })
    await expect(ask(gateway, upload(Readable.from(['abcdef'])))).rejects.toThrow(Unavailable)
    expect(arrived).toBe(1)
  })

  test('that breaks off is broken off there too', async () => {
    let isCut = false
    const server = createServer((request) => {
      request.on('error', () => {
        isCut = true
      })
      request.resume()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanUp.push(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { gateway } = await setUp({ one: `http://127.0.0.1:${port}` })
    const body = new PassThrough()
    const asked = ask(gateway, upload(body))
    body.write('abc')
    await once(server, 'request')
    body.destroy(new Error('The client is gone'))
    await expect(asked).rejects.toThrow(Unavailable)
    await expect.poll(() => isCut).toBe(true)
  })
})
