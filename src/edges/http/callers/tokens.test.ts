import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { parseSetCookie } from 'cookie'
import { expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { memoryKeys } from '../../../platform/security/keys/memory.ts'

/** Contexts with routes that these tests use. */
const contexts = ['profiles', 'analytics', 'ordering', 'catalog']

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

const decoded = (part: string | undefined) =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString())

const me = async ({ anyone }: HttpWorld, token: string) => {
  const headers = { authorization: `Bearer ${token}` }
  const { status, body } = await anyone('GET', '/users/me', undefined, headers)
  return { status, code: body.code }
}

test('a token has subject, expiry and issuer, and is signed by the published key', async () => {
  await using world = await httpWorld({ contexts })
  const { id, token } = await world.someone('ada')
  const [header, payload] = token.split('.')
  const { keys } = (await world.anyone('GET', '/auth/.well-known/jwks.json')).body
  expect(decoded(header)).toStrictEqual({ alg: 'EdDSA', typ: 'JWT', kid: keys[0].kid })
  const { sub, roles, sid, jti, iat, exp, iss, aud, ...more } = decoded(payload)
  expect({ sub, roles, iss, aud }).toStrictEqual({
    sub: id,
    roles: ['buyer'],
    iss: 'agora',
    aud: 'agora',
  })
  expect.assert(sid && jti)
  expect(exp - iat).toBe(15 * 60)
  expect(more).toStrictEqual({})
})

test('forged tokens are refused', async () => {
  await using world = await httpWorld({ contexts })
  const { token } = await world.someone('ada', 'admin')
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { alg: _, ...otherwise } = decoded(header)
  const stranger = generateKeyPairSync('ed25519').privateKey
  const { publicKey } = world.deps.keys.signing()
  const signedWith = (text: string) => sign(null, Buffer.from(text), stranger).toString('base64url')
  const jwk = createPublicKey(stranger).export({ format: 'jwk' })
  const bringing = (more: object) => {
    const text = `${encoded({ ...decoded(header), ...more })}.${payload}`
    return `${text}.${signedWith(text)}`
  }
  const hs256 = `${encoded({ ...otherwise, alg: 'HS256' })}.${payload}`

  const forged = {
    'alg none': `${encoded({ ...otherwise, alg: 'none' })}.${payload}.`,
    'alg none with a signature': `${encoded({ ...otherwise, alg: 'none' })}.${payload}.${signature}`,
    'alg HS256 with the public key': `${hs256}.${createHmac('sha256', publicKey).update(hs256).digest('base64url')}`,
    'alg ES256': `${encoded({ ...otherwise, alg: 'ES256' })}.${payload}.${signature}`,
    'another key': `${header}.${payload}.${signedWith(`${header}.${payload}`)}`,
    'an embedded key': bringing({ jwk }),
    'an embedded key with its own key id': bringing({ jwk, kid: 'mine' }),
    'a referenced key': bringing({
      jku: 'https://evil.example/jwks',
      kid: 'mine',
    }),
    'a referenced certificate': bringing({ x5u: 'https://evil.example/x5u' }),
    'a key id that is a path': bringing({ kid: '../../dev/null' }),
    'a key id that is a property of every object': bringing({ kid: '__proto__' }),
    'no key id': `${encoded({ alg: 'EdDSA', typ: 'JWT' })}.${payload}.${signature}`,
    'another payload': `${header}.${encoded({ ...decoded(payload), roles: ['admin'], sub: 'x' })}.${signature}`,
    'no signature': `${header}.${payload}`,
    'no token': 'lamp',
    'a very long token': 'x'.repeat(10_000),
  }
  for (const [name, bad] of Object.entries(forged))
    expect(await me(world, bad), name).toStrictEqual({ status: 401, code: 'invalid_token' })
  expect((await me(world, token)).status).toBe(200)
})

test('a token for another audience, or of another issuer, is refused', async () => {
  const keys = memoryKeys()
  await using world = await httpWorld({ keys })
  for (const config of [{ issuer: 'elsewhere' }, { audience: 'elsewhere' }]) {
    await using other = await httpWorld({ keys, config })
    const { token } = await other.someone('ada')
    expect(await me(world, token)).toStrictEqual({ status: 401, code: 'invalid_token' })
  }
})

test('tokens stay valid after a key rotation, and new ones are signed with the new key after a delay', async () => {
  let now = Date.now()
  const keys = memoryKeys({ clock: () => now })
  await using world = await httpWorld({ keys })
  const { token } = await world.someone('ada')
  const kid = await keys.rotate()
  expect((await me(world, token)).status).toBe(200)
  const waiting = (await world.someone('bob')).token
  expect(decoded(waiting.split('.')[0]).kid).not.toBe(kid)
  now += 2 * 60_000
  const next = (await world.someone('eve')).token
  expect(decoded(next.split('.')[0]).kid).toBe(kid)
  for (const each of [token, waiting, next]) expect((await me(world, each)).status).toBe(200)
})

test('revoking keys invalidates their tokens at once, also verified ones', async () => {
  await using world = await httpWorld({ contexts })
  const { token } = await world.someone('ada')
  const root = await world.someone('root', 'admin')
  expect((await me(world, token)).status).toBe(200)
  expect((await world.anyone('POST', '/admin/keys/rotate', { revoke: true })).status).toBe(401)
  const { status, body } = await root.call('POST', '/admin/keys/rotate', { revoke: true })
  expect(status).toBe(200)
  expect(body.data.keys.length).toBe(1)
  for (const each of [token, root.token])
    expect(await me(world, each)).toStrictEqual({ status: 401, code: 'invalid_token' })
  expect((await me(world, (await world.someone('eve')).token)).status).toBe(200)
})

test('an expired token has a code of its own, also when it was verified before', async () => {
  await using world = await httpWorld({ config: { accessTokenTtl: 1 } })
  const { token } = await world.someone('ada')
  await me(world, token)
  await expect.poll(() => me(world, token)).toEqual({ status: 401, code: 'token_expired' })
})

test('the token may be in a cookie that scripts and other sites cannot use', async () => {
  const clock = () => new Date('2020-02-02T02:02:02Z')
  await using world = await httpWorld({ config: { secureCookies: true }, clock })
  const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
  const { headers, body } = await world.anyone('POST', '/auth/register', ada)
  const { accessToken, refreshToken } = body.tokens
  const cookies = [headers['set-cookie']]
    .flat()
    .map((text) => ({ ...parseSetCookie(String(text)) }))
  const closed = { httpOnly: true, sameSite: 'strict', secure: true }
  const device = cookies[2]?.value ?? ''
  expect(device).toMatch(/^[0-9a-f-]{36}\.[\w-]{43}$/)
  expect(cookies).toStrictEqual([
    { name: 'agora_token', value: accessToken, path: '/', maxAge: 900, ...closed },
    {
      name: 'agora_refresh',
      value: refreshToken,
      path: '/api/v1/auth',
      maxAge: 2592000,
      ...closed,
    },
    { name: 'agora_device', value: device, path: '/api/v1', maxAge: 31536000, ...closed },
  ])
  const cookie = `theme=dark; agora_token=${accessToken}; lang=en`
  expect((await world.anyone('GET', '/users/me', undefined, { cookie })).status).toBe(200)
  const other = `not_agora_token=${accessToken}`
  expect((await world.anyone('GET', '/users/me', undefined, { cookie: other })).status).toBe(401)
})

test('headers that name a user are ignored', async () => {
  await using world = await httpWorld({ contexts })
  const { id } = await world.someone('ada')
  const pretending = { 'x-user-id': id }
  expect((await world.anyone('GET', '/users/me', undefined, pretending)).status).toBe(401)
})

test('other authorization schemes are refused, and the name of the scheme is case-insensitive', async () => {
  await using world = await httpWorld({ contexts })
  const { token } = await world.someone('ada')
  const as = async (authorization: string) =>
    (await world.anyone('GET', '/users/me', undefined, { authorization })).status
  expect(await as(`Basic ${token}`)).toBe(401)
  expect(await as(token)).toBe(401)
  expect(await as(`bearer ${token}`)).toBe(200)
})

test('an invalid token does not affect public routes', async () => {
  await using world = await httpWorld({ contexts })
  const headers = { authorization: 'Bearer lamp' }
  expect((await world.anyone('GET', '/products', undefined, headers)).status).toBe(200)
})
