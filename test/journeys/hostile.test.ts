import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { filled, operationsOf, type Operation } from '../support/declared-api.ts'
import { callAt, type Person } from '../support/shop.ts'

/** Texts that attack servers which paste parameters into a query, a path, a page or a header. */
const injections = [
  `' OR '1'='1`,
  `'; DROP TABLE orders; --`,
  '1) UNION SELECT password_hash FROM accounts --',
  '%27%20OR%201=1',
  '{"$gt":""}',
  '{"$where":"sleep(1000)"}',
  '$(sleep 5)',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '{{7*7}}${7*7}',
  '__proto__',
  'constructor',
  'a\r\nSet-Cookie: agora_token=x',
  '\u0000',
  '%',
  '_',
  '\\',
  '\uD800',
  '-1',
  '1e309',
  '9'.repeat(40),
  'x'.repeat(5_000),
]

/** Fields that no request of a client may have, at any depth. */
const extras = ['isAdmin', 'roles2', '_id', 'constructor']

/** Routes for other processes of Agora, not for users. */
const isInternal = (path: string) => path.startsWith('/api/v1/registry/')

let agora: AgoraHere
let operations: readonly Operation[]
let root: Person
let ada: Person
beforeAll(async () => {
  agora = await agoraHere()
  operations = await operationsOf(agora.shop)
  root = await agora.shop.admin()
  ada = await agora.shop.register('ada')
})
afterAll(() => agora[Symbol.asyncDispose]())

/** A path as it is, which `fetch` would tidy up. */
const raw = (path: string, headers: Record<string, string> = {}) =>
  new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(agora.shop.url)
    request({ hostname, port, path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })

/** Every object within a value, as the path of keys that leads to it. */
const objectsIn = (value: unknown, path: readonly string[] = []): (readonly string[])[] => {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([key, part]) => objectsIn(part, [...path, key]))
  return Array.isArray(value) ? inside : [path, ...inside]
}

/** The value with one more field in the object at a path. */
const withExtra = (value: unknown, path: readonly string[], extra: string): unknown => {
  const copy = structuredClone(value)
  const object = path.reduce<unknown>((part, key) => Reflect.get(Object(part), key), copy)
  Object.defineProperty(object, extra, { value: true, enumerable: true })
  return copy
}

describe('an undeclared field', () => {
  test('is rejected in every body, at any depth', async () => {
    const withBodies = operations.filter(
      // Unsigned webhooks are refused before they are validated, and their senders may add fields.
      ({ example, path }) =>
        example !== undefined &&
        !isInternal(path) &&
        !/\/(shipping|payments)\/webhooks\//.test(path),
    )
    expect(withBodies.length).toBeGreaterThan(10)
    for (const { method, path, example, id } of withBodies)
      for (const place of objectsIn(example))
        for (const extra of extras) {
          const url = filled(path, (name) => (name === 'name' ? 'orders' : randomUUID())).replace(
            '/api/v1',
            '',
          )
          const { status, body } = await root.call(method, url, withExtra(example, place, extra))
          const where = `${id} ${[...place, extra].join('.')}`
          expect(`${where}: ${status} ${body.code}`).toBe(`${where}: 400 invalid_request`)
          expect(JSON.stringify(body.errors), where).toContain(extra)
        }
  })

  test('is rejected in every query', async () => {
    for (const { method, path, id } of operations.filter(({ method }) => method === 'GET')) {
      if (/health|metrics|jwks|oauth/.test(path)) continue
      const url = `${filled(path, () => randomUUID()).replace('/api/v1', '')}?admin=true`
      const { status } = await root.call(method, url)
      expect(`${id} ${status}`).toBe(`${id} 400`)
    }
  })
})

describe('hostile input', () => {
  test('no text in any query parameter leads to a 5xx', async () => {
    const asked = operations.flatMap(({ method, path, parameters }) =>
      parameters
        .filter(({ in: place }) => place === 'query')
        .map(({ name }) => ({ method, path, name })),
    )
    expect(asked.length).toBeGreaterThan(30)
    for (const { method, path, name } of asked)
      await Promise.all(
        injections.map(async (text) => {
          const where = filled(path, () => randomUUID()).replace('/api/v1', '')
          const query = new URLSearchParams({ [name]: text })
          const { status, headers } = await root.call(method, `${where}?${String(query)}`)
          expect(status, `${method} ${where}?${String(query)}`).toBeLessThan(500)
          expect(headers['set-cookie']).toBeUndefined()
        }),
      )
  })

  test('no text in any part of a path leads to a 5xx', async () => {
    for (const { method, path, parameters } of operations) {
      if (method !== 'GET' || !parameters.some(({ in: place }) => place === 'path')) continue
      await Promise.all(
        injections.map(async (text) => {
          const where = filled(path, () => text.toWellFormed())
          const { status } = await raw(where, { authorization: `Bearer ${root.token}` })
          expect(status, where).toBeLessThan(500)
        }),
      )
    }
  })

  test('no control character in any part of a path gets past its schema', async () => {
    const withPaths = operations.filter(
      ({ path, parameters }) =>
        !isInternal(path) && parameters.some(({ in: place }) => place === 'path'),
    )
    expect(new Set(withPaths.map(({ method }) => method)).size).toBeGreaterThanOrEqual(5)
    for (const { method, path, parameters } of withPaths)
      for (const text of ['\u0000', 'a\u0000b', 'user-\r\nb', '\u2028'])
        for (const { name } of parameters.filter(({ in: place }) => place === 'path')) {
          const where = filled(path, (each) => (each === name ? text : randomUUID()))
          const { status, body } = await root.call(method, where.replace('/api/v1', ''))
          const outcome = `${method} ${where}: ${status} ${body.errors?.[0].field}`
          expect(outcome).toBe(`${method} ${where}: 400 ${name}`)
        }
  })

  test('deep, wide and poisoned bodies are rejected', async () => {
    const bodies = {
      deep: `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      'deep objects': `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
      wide: JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [i, i]))),
      'many items': JSON.stringify({ items: Array.from({ length: 20_000 }, () => ({})) }),
      poisoned: '{"__proto__": {"roles": ["admin"]}, "items": []}',
      'poisoned otherwise': '{"constructor": {"prototype": {"roles": ["admin"]}}}',
      'a huge number': `{"items": ${'9'.repeat(100_000)}}`,
    }
    for (const [name, body] of Object.entries(bodies)) {
      const { status } = await ada.call('POST', '/orders', body)
      expect(`${name} ${status}`).toBe(`${name} 400`)
    }
  })
})

describe('a forged identity', () => {
  test('no header changes the caller or the route of a request', async () => {
    const pretending = {
      'x-user-id': root.id,
      'x-user-roles': 'admin',
      'x-forwarded-user': root.id,
      'x-remote-user': root.id,
      'x-original-url': '/api/v1/admin/users',
      'x-rewrite-url': '/api/v1/admin/users',
      'x-http-method-override': 'DELETE',
      'x-forwarded-prefix': '/admin',
    }
    const nobody = await agora.shop.anyone('GET', '/users/me', undefined, pretending)
    expect(nobody.status).toBe(401)
    const me = await ada.call('GET', '/users/me', undefined, pretending)
    expect([me.status, me.body.data.userId]).toEqual([200, ada.id])
    for (const [header, value] of Object.entries(pretending)) {
      const { status } = await ada.call('GET', '/admin/users', undefined, { [header]: value })
      expect(`${header} ${status}`).toBe(`${header} 403`)
    }
  })

  test('no spelling of a path bypasses its guard', async () => {
    const spellings = [
      '/api/v1/admin/users',
      '/api/v1/admin/users/',
      '//api/v1/admin/users',
      '/api/v1//admin/users',
      '/api/v1/./admin/users',
      '/api/v1/products/../admin/users',
      '/api/v1/products/%2e%2e/admin/users',
      '/api/v1/products/..%2fadmin/users',
      '/api/v1/admin%2fusers',
      '/api/v1/%61dmin/users',
      '/API/v1/admin/users',
      '/api/v1/admin/users;x=/products',
      '/api/v1/admin/users%00',
      '/api/v1/admin/users?x=/products',
      '/api/v1/admin\\users',
      'http://elsewhere.example/api/v1/admin/users',
    ]
    for (const path of spellings) {
      const { status, body } = await raw(path, { authorization: `Bearer ${ada.token}` })
      expect([400, 401, 403, 404], path).toContain(status)
      expect(body).not.toContain(root.email)
      expect([400, 401, 404], path).toContain((await raw(path)).status)
    }
  })

  test('a second token, and a token in the query or under another name, do not authenticate', async () => {
    const me = (headers: Record<string, string>, query = '') =>
      agora.shop.anyone('GET', `/users/me${query}`, undefined, headers)
    expect((await me({}, `?access_token=${ada.token}`)).status).toBe(401)
    expect((await me({ 'x-access-token': ada.token })).status).toBe(401)
    expect((await me({ authorization: `Bearer ${ada.token}, Bearer ${root.token}` })).status).toBe(
      401,
    )
    // The header wins over the cookie, which a browser adds by itself.
    const both = { authorization: `Bearer ${ada.token}`, cookie: `agora_token=${root.token}` }
    expect((await me(both)).body.data.userId).toBe(ada.id)
  })
})

describe('guessing', () => {
  const tries = 5
  /** Answers to wrong passwords. That they take equally long is tested with the passwords. */
  const guess = async (emails: readonly string[]) => {
    const anyone = callAt(agora.shop.url)
    const seen = new Set<string>()
    for (const email of emails) {
      const { status, body } = await anyone('POST', '/auth/login', { email, password: 'a guess' })
      const { traceId: _, ...problem } = body
      seen.add(`${status} ${JSON.stringify(problem)}`)
    }
    return [...seen]
  }

  test('wrong passwords of existing and of unknown accounts get the same answer', async () => {
    const there = await Promise.all(
      Array.from({ length: tries }, async () => (await agora.shop.register()).email),
    )
    const known = await guess(there)
    const unknown = await guess(there.map((email) => `not-${email}`))
    expect(known).toHaveLength(1)
    expect(unknown).toEqual(known)
  })

  test('a forgotten password gets the same answer with and without an account', async () => {
    const ask = async (email: string) => {
      const { status, body } = await agora.shop.anyone('POST', '/auth/password/forgot', { email })
      return [status, body.data]
    }
    expect(await ask(`nobody-${ada.email}`)).toEqual(await ask(ada.email))
  })
})

test('none of these requests logged an error', () => {
  const failures = agora.written.filter((line) => line.includes('"A request failed"'))
  expect(failures).toEqual([])
})
