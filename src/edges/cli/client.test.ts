import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { client } from './client.ts'

const credentials = { email: 'ada@agora', password: 'a long password' }
const Anything = Type.Object({ name: Type.String() })

/** A server with these answers; it records its requests. */
const serverOf = async (
  answer: (request: string, token: string | undefined) => [number, object],
) => {
  const requests: string[] = []
  const listener: RequestListener = ({ method, url, headers }, response) => {
    const request = `${method} ${url}`
    requests.push(request)
    const [status, body] = request.endsWith('/auth/login')
      ? [200, { tokens: { accessToken: `token ${requests.length}` } }]
      : answer(request, headers.authorization)
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' })
    response.end(JSON.stringify(body))
  }
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    requests,
    url,
    client: client({ url, credentials: async () => credentials }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const lamp: [number, object] = [200, { success: true, data: { name: 'Lamp' } }]

test('a client signs in once, and again when its token has expired', async () => {
  let expired = false
  await using server = await serverOf((_, token) => {
    if (!expired || token === 'Bearer token 4') return lamp
    return [401, { title: 'Unauthorized' }]
  })
  const call = () => server.client.call(Anything, 'GET', '/thing')
  expect(await call()).toEqual({ name: 'Lamp' })
  expired = true
  expect(await call()).toEqual({ name: 'Lamp' })
  expect(server.requests.map((request) => request.replace(/.*\//, ''))).toEqual([
    'login',
    'thing',
    'thing',
    'login',
    'thing',
  ])
})

test('a client retries a rate-limited request after Retry-After', async () => {
  let refusals = 1
  await using server = await serverOf(() => (refusals-- > 0 ? [429, {}] : lamp))
  expect(await server.client.call(Anything, 'GET', '/thing')).toEqual({ name: 'Lamp' })
})

test.each([
  [403, {}, 'sign in as an admin'],
  [
    403,
    { code: 'internal_only', detail: 'Ask the gateway.' },
    "Ask the gateway. Set the gateway's URL with --url",
  ],
  [404, { detail: 'There is no such thing.' }, 'There is no such thing.'],
  [502, { oops: true }, 'Agora answered 502'],
  [200, { success: true, data: { other: 1 } }, 'not an Agora of this version'],
  [200, { hello: 'world' }, 'not an Agora of this version'],
  [401, {}, 'rejected the credentials'],
] as const)('an answer of %d with %j fails with an explanation', async (status, body, message) => {
  await using server = await serverOf(() => [status, body])
  await expect(server.client.call(Anything, 'GET', '/thing')).rejects.toThrow(message)
})

test('an error about an unreachable server says how to start one', async () => {
  const { url, client: unreachable, [Symbol.asyncDispose]: stop } = await serverOf(() => lamp)
  await stop()
  const message = `No Agora answers at ${url}. Start one with "npm start"`
  await expect(unreachable.call(Anything, 'GET', '/thing')).rejects.toThrow(message)
  const anonymous = client({ url, credentials: async () => undefined })
  await expect(anonymous.call(Anything, 'GET', '/thing')).rejects.toThrow(message)
  expect(await unreachable.answers()).toBe(false)
})
