import { describe, expect, test } from 'vitest'
import { httpWorld } from '../../../../test/support/http.ts'
import { isSameOrigin } from './csrf.ts'

describe('a request is from the same origin', () => {
  const host = 'shop.example'
  test.each([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'none' }, true],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://shop.example' }, false],
    [{ origin: 'https://shop.example' }, true],
    [{ origin: 'https://shop.example:8443' }, false],
    [{ origin: 'https://shop.example.evil.example' }, false],
    [{ origin: 'null' }, false],
    [{ origin: 'https://partner.example' }, true],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://partner.example' }, true],
    [{}, false],
  ])('by %j: %s', (headers, expected) =>
    expect(isSameOrigin(headers, host, ['https://partner.example'])).toBe(expected),
  )
})

test('a cookie admits only reads from other sites; a token in a header admits everything', async () => {
  await using world = await httpWorld({ config: { corsOrigins: ['*', 'https://partner.example'] } })
  const { token } = await world.someone('root', 'admin')
  const cookie = `agora_token=${token}`
  const lamp = { name: 'Lamp', category: 'x', price: { amount: 1, currency: 'EUR' } }
  const status = async (headers: Record<string, string>) => {
    const { status, body } = await world.anyone('POST', '/products', lamp, headers)
    return `${status} ${body.code ?? 'ok'}`
  }
  expect(await status({ cookie })).toBe('403 cross_site_request')
  expect(await status({ cookie, origin: 'https://evil.example' })).toBe('403 cross_site_request')
  expect(await status({ cookie, 'sec-fetch-site': 'same-site' })).toBe('403 cross_site_request')
  expect(await status({ cookie, origin: 'https://partner.example' })).toBe('201 ok')
  expect(await status({ cookie, 'sec-fetch-site': 'same-origin' })).toBe('201 ok')
  expect(await status({ authorization: `Bearer ${token}`, origin: 'https://evil.example' })).toBe(
    '201 ok',
  )
  const evil = { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect((await world.anyone('GET', '/users/me', undefined, evil)).status).toBe(200)
})

test('pages of the public URL have the same origin, whatever host a proxy sends', async () => {
  await using world = await httpWorld({ config: { publicUrl: 'https://shop.example/agora' } })
  const { token } = await world.someone('ada')
  const out = (origin: string) =>
    world.anyone('POST', '/auth/logout', undefined, { cookie: `agora_token=${token}`, origin })
  expect((await out('https://shop.example.evil.example')).status).toBe(403)
  expect((await out('https://shop.example')).status).toBe(200)
})
