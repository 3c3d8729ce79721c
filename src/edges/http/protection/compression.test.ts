import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { compression } from './compression.ts'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'

const ask = ({ app }: HttpWorld, url: string, encoding: string, headers = {}) =>
  app.inject({ url, headers: { 'accept-encoding': encoding, ...headers } })

test('large answers are compressed in the preferred encoding of the client, with a Vary header', async () => {
  await using world = await httpWorld()
  const url = '/docs/openapi.json'
  const plain = await ask(world, url, 'identity')
  expect(plain.headers['content-encoding']).toBeUndefined()
  for (const [encoding, unpack] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const { headers, rawPayload } = await ask(world, url, encoding)
    expect(headers['content-encoding']).toBe(encoding)
    expect(String(headers.vary)).toMatch(/accept-encoding/i)
    expect.assert(rawPayload.length < plain.rawPayload.length / 3)
    expect(unpack(rawPayload)).toStrictEqual(plain.rawPayload)
  }
})

test('small answers are not compressed', async () => {
  await using world = await httpWorld()
  const { headers } = await ask(world, '/api/v1/products', 'br, gzip')
  expect(headers['content-encoding']).toBeUndefined()
})

test('small answers skip the compression hook', async () => {
  await using app = fastify()
  await compression(app)
  const asked: string[] = []
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request
    // The headers that decide whether and how an answer is compressed.
    Object.defineProperty(request, 'headers', {
      get: () => (asked.push(request.url), headers),
    })
    done()
  })
  app.get('/small', async () => ({ text: 'x'.repeat(900) }))
  app.get('/large', async () => ({ text: 'x'.repeat(1_100) }))
  for (const url of ['/small', '/large']) {
    const answer = await app.inject({ url, headers: { 'accept-encoding': 'br' } })
    expect(answer.headers['content-encoding']).toBe(url === '/large' ? 'br' : undefined)
  }
  expect([...new Set(asked)]).toStrictEqual(['/large'])
})

test('answers with secrets are never compressed', async () => {
  await using world = await httpWorld()
  const person = (name: string) => ({
    email: `${name}@example.org`,
    username: name,
    password: 'a long password',
    name: 'x'.repeat(255),
  })
  for (const headers of [{ 'accept-encoding': 'br' }, { 'accept-encoding': 'gzip' }]) {
    const payload = person(`u${headers['accept-encoding']}`)
    const answer = await world.app.inject({
      method: 'POST',
      url: '/api/v1/auth/register',
      payload,
      headers,
    })
    expect(answer.statusCode).toBe(201)
    expect.assert(answer.rawPayload.length > 1_024)
    expect(answer.headers['content-encoding']).toBeUndefined()
  }
})

test('a replayed answer is the same when it is decompressed', async () => {
  await using world = await httpWorld()
  const { token } = await world.someone('root', 'admin')
  const create = (encoding: string) =>
    world.app.inject({
      method: 'POST',
      url: '/api/v1/products',
      payload: {
        name: 'Lamp',
        category: 'light',
        price: { amount: 1999, currency: 'EUR' },
        description: 'x'.repeat(2_000),
      },
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': 'one',
        'accept-encoding': encoding,
      },
    })
  const first = await create('gzip')
  expect(first.headers['content-encoding']).toBe('gzip')
  const again = await create('identity')
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(again.rawPayload).toStrictEqual(gunzipSync(first.rawPayload))
})

test('a compressed request is not decompressed', async () => {
  await using world = await httpWorld()
  const answer = await world.app.inject({
    method: 'POST',
    url: '/api/v1/auth/login',
    payload: gzipSync(Buffer.alloc(50_000_000, ' ')),
    headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
  })
  expect(answer.statusCode).toBe(415)
})
