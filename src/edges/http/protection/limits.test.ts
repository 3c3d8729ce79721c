import { expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { readConfig } from '../../../config.ts'
import { memoryCounters } from '../../../platform/security/counters/memory.ts'
import { Unavailable } from '../../../platform/unavailable.ts'

const rateLimit = { perUser: 50, perIp: 8 }

/** Returns the status of a failed sign-in from an address. */
const guess = async ({ app }: HttpWorld, remoteAddress: string, headers = {}) => {
  const payload = { email: `${crypto.randomUUID()}@example.org`, password: 'a guess' }
  const url = '/api/v1/auth/login'
  const answer = await app.inject({ method: 'POST', url, payload, remoteAddress, headers })
  return { status: answer.statusCode, headers: answer.headers }
}

test('an address has a lower limit for sign-ins than for reads', async () => {
  await using world = await httpWorld({ config: { rateLimit } })
  const from = '192.0.2.1'
  expect((await guess(world, from)).status).toBe(401)
  expect((await guess(world, from)).status).toBe(401)
  const { status, headers } = await guess(world, from)
  expect(status).toBe(429)
  expect(headers['ratelimit-limit']).toBe('2')
  expect(headers['ratelimit-remaining']).toBe('0')
  expect.assert(Number(headers['retry-after']) >= 1)
  const read = await world.app.inject({ url: '/api/v1/products', remoteAddress: from })
  expect(read.statusCode).toBe(200)
  expect((await guess(world, '192.0.2.2')).status).toBe(401)
})

test('an IPv6 network counts as one address', async () => {
  await using world = await httpWorld({ config: { rateLimit } })
  await guess(world, '2001:db8:1:1::1')
  await guess(world, '2001:db8:1:1::2')
  expect((await guess(world, '2001:db8:1:1:ffff::3')).status).toBe(429)
  expect((await guess(world, '2001:db8:1:2::1')).status).toBe(401)
})

test('the address is the one that the trusted proxies saw, not the one that the client claims', async () => {
  const said = (last: number) => `198.51.100.${last}`
  for (const [name, trustProxy, forwardedFor, expected] of [
    ['without a proxy', false, said, 429],
    ['the proxy saw others', true, said, 401],
    ['the proxy saw the same', true, (last: number) => `${said(last)}, 203.0.113.9`, 429],
    ['two proxies', 2, (last: number) => `203.0.113.9, ${said(last)}, 10.0.0.1`, 401],
  ] as const) {
    await using world = await httpWorld({ config: { rateLimit, trustProxy } })
    for (const last of [1, 2, 3]) {
      const forwarded = { 'x-forwarded-for': forwardedFor(last) }
      const { status } = await guess(world, '192.0.2.1', forwarded)
      expect(status, name).toBe(last < 3 ? 401 : expected)
    }
  }
})

test('processes with shared counters have one limit', async () => {
  const counters = memoryCounters()
  await using one = await httpWorld({ counters, config: { rateLimit } })
  await using other = await httpWorld({ counters, config: { rateLimit } })
  expect((await guess(one, '192.0.2.1')).status).toBe(401)
  expect((await guess(other, '192.0.2.1')).status).toBe(401)
  expect((await guess(one, '192.0.2.1')).status).toBe(429)
})

test('requests are admitted while the counters are unavailable', async () => {
  const away = async () => {
    throw new Unavailable('away')
  }
  await using world = await httpWorld({
    counters: { add: away, clear: away },
    config: { rateLimit },
  })
  expect((await world.anyone('GET', '/products')).status).toBe(200)
})

test('the default limits let an office behind one address sign in at once', async () => {
  await using world = await httpWorld({ config: { rateLimit: readConfig({}).rateLimit } })
  for (let person = 0; person < 150; person += 1)
    expect((await guess(world, '192.0.2.1')).status).toBe(401)
  const read = await world.app.inject({ url: '/api/v1/products', remoteAddress: '192.0.2.1' })
  expect(read.statusCode).toBe(200)
  expect(read.headers['ratelimit-limit']).toBe('1200')
})
