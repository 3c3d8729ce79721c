import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { connectionLimits } from './connection-limits.ts'

/** Sends raw text on a connection. @returns the whole answer, once the server has closed the connection */
const say = async ({ app }: HttpWorld, ...words: readonly string[]): Promise<string> => {
  const url = new URL(app.listeningOrigin)
  const socket = connect(Number(url.port), url.hostname)
  for (const word of words) socket.write(word)
  return text(socket)
}

/** A listening server with short timeouts. */
const listening = async (): Promise<HttpWorld> => {
  const world = await httpWorld()
  Object.assign(world.app.server, { headersTimeout: 100, requestTimeout: 200 })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  return world
}

const start = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'

test('headers that are never completed time out', async () => {
  await using world = await listening()
  const answer = await say(world, start, 'X-Slow: ')
  expect(answer).toMatch(/^HTTP\/1.1 408 .*"code":"request_timeout"/s)
})

test('a body that is never completed times out', async () => {
  await using world = await listening()
  const answer = await say(world, start, 'Content-Length: 100\r\n\r\n', '{"email":')
  expect(answer).toMatch(/^HTTP\/1.1 408 .*"code":"request_timeout"/s)
})

test('huge headers are refused by name', async () => {
  await using world = await listening()
  const big = 'x'.repeat(connectionLimits.maxHeaderSize + 1)
  expect(await say(world, start, `X-Big: ${big}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431 .*"code":"headers_too_large"/s,
  )
  const many = Array.from({ length: 2_500 }, (_, index) => `X-${index}: y\r\n`).join('')
  expect(await say(world, start, many, '\r\n')).toMatch(
    /^HTTP\/1.1 431 .*"code":"headers_too_large"/s,
  )
})

test('request smuggling is refused', async () => {
  await using world = await listening()
  const smuggled = 'GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\n\r\n'
  for (const framing of [
    'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x',
    'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
  ]) {
    const answer = await say(world, start, framing, smuggled)
    expect(answer, framing).toMatch(/^HTTP\/1.1 400 .*"code":"malformed_request"/s)
    expect(answer.match(/HTTP\/1\.1 /g)?.length, framing).toBe(1)
  }
})

test('bytes that are not HTTP are answered with the common headers', async () => {
  await using world = await listening()
  const answer = await say(world, 'NONSENSE\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  for (const header of ['X-Content-Type-Options: nosniff', 'Cache-Control: no-store'])
    expect(answer).toMatch(new RegExp(`\r\n${header}\r\n`, 'i'))
  const [, id] = /\r\nx-correlation-id: (\S+)\r\n/i.exec(answer) ?? []
  expect.assert(answer.includes(`"traceId":"${id}"`))
})

test('a request needs exactly one Host header and a supported version', async () => {
  await using world = await listening()
  const get = (rest: string, version = '1.1') =>
    say(world, `GET /health/live HTTP/${version}\r\n${rest}Connection: close\r\n\r\n`)
  for (const answer of [
    await get(''),
    await get('Host: a\r\nHost: b\r\n'),
    await get('Host: a\r\n', '2.0'),
  ]) {
    expect(answer).toMatch(/^HTTP\/1.1 400 .*"code":"malformed_request"/s)
    expect(answer).toMatch(/\r\nx-correlation-id: /i)
    expect(answer).toMatch(/\r\nx-content-type-options: nosniff/i)
  }
  expect(await get('Host: a\r\n')).toMatch(/^HTTP\/1.1 200 /)
  expect(await get('', '1.0')).toMatch(/^HTTP\/1.1 200 /)
})

test('unknown expectations and upgrade offers are ignored', async () => {
  await using world = await listening()
  // As Java's client and curl send it (RFC 7540 §3.2).
  world.app.server.on('upgrade', (_request, socket) => void socket.destroy())
  const start = 'GET /health/live HTTP/1.1\r\nHost: x\r\n'
  for (const more of [
    'Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\nConnection: Upgrade, HTTP2-Settings, close\r\n',
    'Upgrade: websocket\r\nConnection: Upgrade, close\r\n',
    'Expect: the unexpected\r\nConnection: close\r\n',
  ])
    expect(await say(world, start, more, '\r\n'), more).toMatch(/^HTTP\/1.1 200 .*"live"/s)
})

test('the target of a request is a path, or a URL whose path is used', async () => {
  await using world = await listening()
  const ask = (target: string, method = 'GET') =>
    say(world, `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  for (const target of [
    '/api/v1/products?limit=1',
    'http://x/api/v1/products?limit=1',
    'HTTP://x:80/api/v1/products?limit=1',
    'hTTps://x/api/v1/products?limit=1',
  ])
    expect(await ask(target), target).toMatch(/^HTTP\/1.1 200 .*"products":/s)
  for (const target of ['*api/v1/products', '*', 'ftp://x/api/v1/products'])
    expect(await ask(target), target).toMatch(/^HTTP\/1.1 400 .*"code":"malformed_request"/s)
  expect(await ask('*', 'OPTIONS')).not.toMatch(/^HTTP\/1.1 5/)
})
