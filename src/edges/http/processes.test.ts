import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/support/until.ts'
import { httpWorld, onlyProcess, type Call } from '../../../test/support/http.ts'
import { internalCalls, internalHeader } from '../../platform/security/internal-calls.ts'
import { policies } from '../../platform/outbound/policies.ts'
import type { OutboundClient } from '../../platform/outbound/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import type { Passed, PassedBack } from '../../platform/messaging/request-proxy/port.ts'
import type { Processes } from '../../serving/processes.ts'

const calls = internalCalls(Buffer.alloc(32, 9))
const parts: AsyncDisposable[] = []
afterEach(async () => {
  for (const part of parts.splice(0)) await part[Symbol.asyncDispose]()
})

const world = async (
  changes: Partial<Processes>,
  config = {},
  clients: readonly OutboundClient[] = [],
) => {
  const processes: Processes = { ...onlyProcess(), calls, ...changes }
  const made = await httpWorld({ processes, config, clients })
  parts.push(made)
  return { ...made, processes }
}

/** Sends a signed request, as another process does. */
const signed =
  (call: Call, audience: string, { userId = '', address = '' } = {}): Call =>
  (method, path, body, headers = {}) =>
    call(method, path, body, {
      ...headers,
      ...(userId && { 'x-user-id': userId }),
      ...(address && { 'x-forwarded-for': address }),
      [internalHeader]: calls.tokenFor({
        audience,
        method,
        url: `/api/v1${path}`,
        userId,
        address,
      }),
    })

describe('a process behind the gateway', () => {
  const behind = async (config = {}) => {
    const made = await world(
      { internalOnly: true, audiences: () => ['me', 'http://10.0.0.7:3000'] },
      config,
    )
    const { anyone } = made
    const account = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
    const { body } = await signed(anyone, 'me')('POST', '/auth/register', account)
    const authorization = `Bearer ${body.tokens.accessToken}`
    const call: Call = (method, path, sent, headers = {}) =>
      anyone(method, path, sent, { ...headers, authorization })
    return { ...made, ada: { id: String(body.data.userId), call } }
  }

  test('answers calls signed for it, and authenticates the user by the token alone', async () => {
    const { anyone, ada } = await behind()
    expect(await signed(anyone, 'me')('GET', '/products?limit=2')).toMatchObject({ status: 200 })
    expect((await signed(ada.call, 'me')('GET', '/users/me')).body.data.userId).toBe(ada.id)
    const byAddress = signed(ada.call, 'http://10.0.0.7:3000')
    expect((await byAddress('GET', '/users/me')).body.data.userId).toBe(ada.id)
    const claimed = signed(anyone, 'me', { userId: ada.id, address: '10.0.0.1' })
    expect((await claimed('GET', '/users/me')).status).toBe(401)
  })

  test('checks the role of a user behind the gateway', async () => {
    const { ada } = await behind()
    const passed = signed(ada.call, 'me', { userId: ada.id })
    for (const path of ['/users?email=ada@example.org', '/admin/users', '/admin/projections'])
      expect((await passed('GET', path)).body).toMatchObject({ status: 403, code: 'forbidden' })
  })

  test('refuses unsigned calls before anything else is read', async () => {
    const { anyone, ada } = await behind()
    for (const call of [
      anyone,
      ada.call,
      signed(ada.call, 'another'),
      signed(ada.call, 'http://10.0.0.8:3000'),
    ])
      for (const path of ['/products', '/users/me', '/nowhere', '/auth/.well-known/jwks.json'])
        expect(await call('GET', path), path).toMatchObject({
          status: 403,
          body: { code: 'internal_only' },
        })
    const stolen = calls.tokenFor({
      audience: 'me',
      method: 'GET',
      url: '/api/v1/products',
      userId: '',
      address: '',
    })
    for (const [path, more] of [
      ['/products?limit=1', {}],
      ['/products', { 'x-user-id': 'ada' }],
      ['/products', { 'x-forwarded-for': '10.0.0.1' }],
    ] as const) {
      const reply = await anyone('GET', path, undefined, { ...more, [internalHeader]: stolen })
      expect(reply.status, path).toBe(403)
    }
  })

  test('leaves the common headers to the gateway', async () => {
    const { anyone } = await behind({ corsOrigins: ['https://shop.example'] })
    const refused = await anyone('GET', '/products')
    expect(refused.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    })
    const { headers } = await signed(anyone, 'me')('GET', '/products', undefined, {
      origin: 'https://shop.example',
    })
    for (const name of ['x-frame-options', 'cache-control', 'x-correlation-id'])
      expect(headers).not.toHaveProperty(name)
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('is open to probes and to Prometheus', async () => {
    const { anyone } = await behind()
    for (const path of ['//health', '//health/live', '//health/ready', '//metrics', '/metrics'])
      expect((await anyone('GET', path)).status, path).toBe(200)
  })

  test('serves its configured contexts, and no others', async () => {
    const { anyone, app } = await world({
      isHere: (context) => context === 'catalog' || context === 'system',
    })
    expect((await anyone('GET', '/products')).status).toBe(200)
    expect((await anyone('GET', '/users/me')).body.code).toBe('no_such_route')
    expect((await anyone('GET', '/auth/oauth/acme')).body.code).toBe('no_such_route')
    expect([...app.contexts]).toEqual(expect.arrayContaining(['catalog', 'identity', 'ordering']))
  })
})

describe('a gateway', () => {
  const back: PassedBack = {
    status: 202,
    headers: { 'content-type': 'application/json', etag: '"7"', 'set-cookie': ['a=1', 'b=2'] },
    body: Buffer.from('{"mine":true}'),
  }
  const front = async (
    config = {},
    answer = async (): Promise<PassedBack> => back,
    here = ['identity'],
  ) => {
    const passed: (Passed & { context: string })[] = []
    const made = await world(
      {
        isHere: (context) => ['system', 'discovery', ...here].includes(context),
        passOn: async (context, request) => {
          passed.push({ ...request, context })
          return answer()
        },
      },
      config,
    )
    return { ...made, passed }
  }

  test('forwards requests for other contexts unparsed, and returns the answers unchanged', async () => {
    const { someone, passed } = await front()
    const ada = await someone('ada', 'buyer')
    const id = randomUUID()
    const reply = await ada.call(
      'POST',
      '/orders?x=%20y',
      { what: 'ever' },
      {
        'x-correlation-id': id,
        'idempotency-key': 'k',
        'x-user-id': 'root',
      },
    )
    expect(reply).toMatchObject({ status: 202, text: '{"mine":true}', headers: { etag: '"7"' } })
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(reply.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'x-correlation-id': id,
    })
    expect(passed).toMatchObject([
      {
        context: 'ordering',
        method: 'POST',
        url: '/api/v1/orders?x=%20y',
        userId: ada.id,
        correlationId: id,
        protocol: 'http',
      },
    ])
    expect(passed[0]?.body).toEqual(Buffer.from('{"what":"ever"}'))
    // Executed each time, as the serving process stores receipts.
    await ada.call('POST', '/orders', { what: 'ever' }, { 'idempotency-key': 'k' })
    expect(passed).toHaveLength(2)
  })

  test('checks access, rate limits and body size before forwarding', async () => {
    const { anyone, someone, passed } = await front({ rateLimit: { perUser: 3, perIp: 100 } })
    const ada = await someone('ada', 'buyer')
    expect((await anyone('GET', '/orders')).status).toBe(401)
    expect((await anyone('GET', '/orders', undefined, { authorization: 'Bearer x' })).status).toBe(
      401,
    )
    expect((await ada.call('POST', '/products', {})).status).toBe(403)
    const big = { text: 'x'.repeat(1_100_000) }
    expect((await ada.call('POST', '/orders', big)).status).toBe(413)
    expect(passed).toEqual([])
    expect((await ada.call('GET', '/orders')).headers['ratelimit-remaining']).toBe('0')
    expect((await ada.call('GET', '/orders')).status).toBe(429)
    expect(passed).toHaveLength(1)
  })

  test('answers HEAD with the headers of a GET, and its length', async () => {
    const { app, someone, passed } = await front()
    const ada = await someone('ada', 'buyer')
    const { statusCode, headers, body } = await app.inject({
      method: 'HEAD',
      url: '/api/v1/orders',
      headers: { authorization: `Bearer ${ada.token}` },
    })
    expect({ statusCode, body }).toEqual({ statusCode: 202, body: '' })
    expect(headers).toMatchObject({ etag: '"7"', 'content-length': '13' })
    // The answer to HEAD has no body that could be measured.
    expect(passed).toMatchObject([{ method: 'GET' }])
  })

  test('drops a long answer to HEAD unread', async () => {
    let made = 0
    const long = new Readable({
      read: () => void long.push(made++ < 1_000 ? 'x'.repeat(1_000) : null),
    })
    const headers = { 'content-type': 'application/json', 'content-length': '1000000' }
    const { app, someone } = await front({}, async () => ({ status: 200, headers, body: long }))
    const ada = await someone('ada', 'buyer')
    const answer = await app.inject({
      method: 'HEAD',
      url: '/api/v1/orders',
      headers: { authorization: `Bearer ${ada.token}` },
    })
    expect(answer).toMatchObject({ statusCode: 200, body: '' })
    expect(answer.headers).toMatchObject({ 'content-length': '1000000' })
    await until(
      () => long.destroyed,
      (isGone) => isGone,
    )
    expect(made).toBe(0)
  })

  test('forwards every kind of credentials', async () => {
    const { anyone, passed } = await front({}, async () => back, [])
    await anyone('POST', '/auth/login', { email: 'a', password: 'b' })
    await anyone('GET', '/auth/oauth/acme?returnTo=/')
    await anyone('GET', '/auth/oauth/acme/callback?code=1')
    expect(passed.map(({ context }) => context)).toEqual(['identity', 'identity', 'identity'])
  })

  test('answers 503 with Retry-After when no instance answers', async () => {
    const { anyone } = await front({}, async () => {
      throw new Unavailable('No instance serves catalog now')
    })
    const reply = await anyone('GET', '/products')
    expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(reply.body.detail).toMatch(/^The context catalog is unavailable/)
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('serves its own contexts itself', async () => {
    const { anyone, someone, passed } = await front()
    expect((await anyone('GET', '//health/live')).status).toBe(200)
    expect((await anyone('GET', '/auth/.well-known/jwks.json')).body.keys).toHaveLength(1)
    expect((await anyone('GET', '/nowhere')).status).toBe(404)
    const admin = await someone('root', 'admin')
    expect((await admin.call('GET', '/admin/circuit-breakers')).body.data.breakers).toEqual([])
    expect(passed).toEqual([])
  })
})

test('admins see the breaker and the policy of each server outside of Agora', async () => {
  const client = {
    name: 'mail',
    policy: policies.mail,
    status: () => ({ state: 'half-open', failed: 7, rejected: 40 }) as const,
  }
  const { someone, anyone } = await world({}, {}, [client])
  const [root, ada] = [await someone('root', 'admin'), await someone('ada')]
  const path = '/admin/circuit-breakers'
  expect((await root.call('GET', path)).body.data.clients).toEqual([
    { name: 'mail', state: 'half-open', failed: 7, rejected: 40, policy: policies.mail },
  ])
  expect((await ada.call('GET', path)).status).toBe(403)
  expect((await anyone('GET', path)).status).toBe(401)
})

describe('the registry over HTTP', () => {
  const place = '/registry/services/tea/instances'
  const mine = { instanceId: 'pot-1', url: 'http://10.0.0.7:3000' }

  test('is written by processes, and read by processes and admins', async () => {
    const { anyone, someone, processes } = await world({})
    const ours = signed(anyone, 'registry')
    expect((await ours('POST', place, mine)).status).toBe(201)
    expect((await ours('PUT', `${place}/pot-1/heartbeat`)).status).toBe(200)
    const admin = await someone('root', 'admin')
    for (const call of [ours, admin.call]) {
      const { body } = await call('GET', '/registry/services')
      expect(body.data.services).toMatchObject([
        { name: 'tea', instances: [{ id: 'pot-1', url: mine.url, roles: ['api'] }] },
      ])
      expect((await call('GET', '/registry/services/tea')).body.data.name).toBe('tea')
      expect((await call('GET', '/registry/services/milk')).status).toBe(404)
    }
    expect((await ours('DELETE', `${place}/pot-1`)).status).toBe(200)
    expect((await ours('DELETE', `${place}/pot-1`)).status).toBe(404)
    expect((await ours('PUT', `${place}/pot-1/heartbeat`)).status).toBe(404)
    expect(await processes.registry.services()).toEqual([])
  })

  test('cannot be written by any user, admins included', async () => {
    const { anyone, someone, processes } = await world({})
    const [admin, ada] = [await someone('root', 'admin'), await someone('ada', 'buyer')]
    for (const [call, status] of [
      [anyone, 401],
      [ada.call, 403],
      [admin.call, 403],
      [signed(anyone, 'only'), 401],
    ] as const) {
      expect((await call('POST', place, mine)).status).toBe(status)
      expect((await call('PUT', `${place}/pot-1/heartbeat`)).status).toBe(status)
      expect((await call('DELETE', `${place}/pot-1`)).status).toBe(status)
    }
    const { body } = await admin.call('POST', place, mine)
    expect(body.detail).toBe('Only for processes of Agora itself.')
    expect((await ada.call('GET', '/registry/services')).status).toBe(403)
    expect(await processes.registry.services()).toEqual([])
  })

  test.for([
    { ...mine, url: 'ftp://10.0.0.7' },
    { ...mine, url: 'http://me:secret@10.0.0.7' },
    { ...mine, url: 'http://10.0.0.7/path' },
    { ...mine, instanceId: 'a b' },
    { ...mine, roles: ['gateway'] },
    {},
  ])('refuses invalid instances: %o', async (body) => {
    const { anyone } = await world({})
    expect((await signed(anyone, 'registry')('POST', place, body)).status).toBe(400)
  })
})
