import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { client } from './client.ts'

const who = { email: 'ada@agora', password: 'a long password' }
const Anything = Type.Object({ name: Type.String() })

/** A server that answers so, and what it was asked. */
const serverOf = async (answer: (asked: string, token: string | undefined) => [number, object]) => {
  const asked: string[] = []
  const listener: RequestListener = ({ method, url, headers }, response) => {
    const what = `${method} ${url}`
    asked.push(what)
    const [status, body] = what.endsWith('/auth/login')
      ? [200, { tokens: { accessToken: `token ${asked.length}` } }]
      : answer(what, headers.authorization)
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' })
    response.end(JSON.stringify(body))
  }
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    asked,
    url,
    client: client({ url, credentials: async () => who }),
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
  const ask = () => server.client.ask(Anything, 'GET', '/thing')
  expect(await ask()).toEqual({ name: 'Lamp' })
  expired = true
  expect(await ask()).toEqual({ name: 'Lamp' })
  expect(server.asked.map((what) => what.replace(/.*\//, ''))).toEqual([
    'login',
    'thing',
    'thing',
    'login',
    'thing',
  ])
})

test('a client that asked too much waits and goes on', async () => {
  let refusals = 1
  await using server = await serverOf(() => (refusals-- > 0 ? [429, {}] : lamp))
  expect(await server.client.ask(Anything, 'GET', '/thing')).toEqual({ name: 'Lamp' })
})

test.each([
  [403, {}, 'sign in as an admin'],
  [
    403,
    { code: 'internal_only', detail: 'Ask the gateway.' },
    'Ask the gateway. Name it with --url',
  ],
  [404, { detail: 'There is no such thing.' }, 'There is no such thing.'],
  [502, { oops: true }, 'Agora answered 502'],
  [200, { success: true, data: { other: 1 } }, 'no Agora of this version'],
  [200, { hello: 'world' }, 'no Agora of this version'],
  [401, {}, 'does not accept who you are'],
] as const)('%d with %j is told as what it means', async (status, body, told) => {
  await using server = await serverOf(() => [status, body])
  await expect(server.client.ask(Anything, 'GET', '/thing')).rejects.toThrow(told)
})

test('where nobody answers, it is said how to start somebody', async () => {
  const { url, client: gone, [Symbol.asyncDispose]: stop } = await serverOf(() => lamp)
  await stop()
  const nobody = `No Agora answers at ${url}. Start one with "npm start"`
  await expect(gone.ask(Anything, 'GET', '/thing')).rejects.toThrow(nobody)
  const stranger = client({ url, credentials: async () => undefined })
  await expect(stranger.ask(Anything, 'GET', '/thing')).rejects.toThrow(nobody)
  expect(await gone.answers()).toBe(false)
})
