import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { client } from './client.ts'
import { storedToken, tokenFile } from './stored-token.ts'

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

describe('the session of a command', () => {
  const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'agora-token-'))
    try {
      await work(folder)
    } finally {
      await rm(folder, { recursive: true })
    }
  }
  const loginsIn = (requests: readonly string[]) =>
    requests.filter((request) => request.endsWith('/auth/login')).length

  test('is reused by the next one, and stored for its owner only, without names', () =>
    withFolder(async (folder) => {
      await using server = await serverOf(() => lamp)
      const { url } = server
      const call = (changes: Partial<typeof credentials> = {}) =>
        client({
          url,
          tokens: storedToken(folder, url),
          credentials: async () => ({ ...credentials, ...changes }),
        }).call(Anything, 'GET', '/thing')
      await call()
      await call()
      expect(loginsIn(server.requests)).toBe(1)
      expect((await stat(tokenFile(folder))).mode & 0o777).toBe(0o600)
      expect(await readFile(tokenFile(folder), 'utf8')).not.toMatch(/ada|password/)
      expect(await readdir(folder)).toHaveLength(1)
      await call({ password: 'a guess' })
      await call({ email: 'ben@agora' })
      expect(loginsIn(server.requests)).toBe(3)
      const ben = { ...credentials, email: 'ben@agora' }
      expect(await storedToken(folder, url).load(ben)).toBeDefined()
      expect(await storedToken(folder, 'http://elsewhere').load(ben)).toBeUndefined()
    }))

  test('is replaced once it has expired or is revoked', () =>
    withFolder(async (folder) => {
      let valid = 'Bearer token 1'
      await using server = await serverOf((_, token) =>
        token === valid ? lamp : [401, { title: 'Unauthorized' }],
      )
      const { url } = server
      const tokens = storedToken(folder, url)
      const call = () =>
        client({ url, tokens, credentials: async () => credentials }).call(
          Anything,
          'GET',
          '/thing',
        )
      await call()
      valid = 'Bearer token 4'
      await call()
      await call()
      expect(server.requests.map((request) => request.replace(/.*\//, ''))).toEqual([
        'login',
        'thing',
        'thing',
        'login',
        'thing',
        'thing',
      ])
    }))

  test('is not stored where the folder does not exist, or the file is damaged', () =>
    withFolder(async (folder) => {
      const missing = storedToken(join(folder, 'none'), 'http://agora')
      await missing.save(credentials, 'token')
      expect(await missing.load(credentials)).toBeUndefined()
      await writeFile(tokenFile(folder), 'damaged')
      expect(await storedToken(folder, 'http://agora').load(credentials)).toBeUndefined()
    }))
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
  const message = `No Agora answers at ${url} (${new URL(url).host} refuses connections: nothing listens there). Start one with "npm start"`
  await expect(unreachable.call(Anything, 'GET', '/thing')).rejects.toThrow(message)
  const anonymous = client({ url, credentials: async () => undefined })
  await expect(anonymous.call(Anything, 'GET', '/thing')).rejects.toThrow(message)
  expect(await unreachable.answers()).toBe(false)
  const nowhere = client({ url: 'http://nobody.invalid', credentials: async () => credentials })
  await expect(nowhere.call(Anything, 'GET', '/thing')).rejects.toThrow(
    /^No Agora answers at http:\/\/nobody\.invalid \(nobody\.invalid is (an unknown host|a host that cannot be resolved now)\)/,
  )
})
