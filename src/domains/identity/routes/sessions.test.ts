import { randomUUID } from 'node:crypto'
import { parseSetCookie } from 'cookie'
import { describe, expect, test } from 'vitest'
import { identityWorld, type HttpWorld, type Reply } from '../../../../test/support/http.ts'

const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const registered = async ({ anyone }: HttpWorld): Promise<Reply> =>
  anyone('POST', '/auth/register', ada)

const signIn = ({ anyone }: HttpWorld, headers = {}): Promise<Reply> =>
  anyone('POST', '/auth/login', { email: ada.email, password: ada.password }, headers)

const refresh = ({ anyone }: HttpWorld, refreshToken: string): Promise<Reply> =>
  anyone('POST', '/auth/refresh', { refreshToken })

/** Returns the value of a cookie that an answer sets. */
const cookieOf = ({ headers }: Reply, name: string): string | undefined =>
  [headers['set-cookie']]
    .flat()
    .map((cookie) => new RegExp(`^${name}=([^;]*)`).exec(String(cookie))?.[1])
    .find((value) => value !== undefined)

const code = ({ status, body }: Reply): string => `${status} ${body.code ?? 'ok'}`

const me = async ({ anyone }: HttpWorld, token: string): Promise<string> =>
  code(await anyone('GET', '/users/me', undefined, bearer(token)))

const typesOf = async ({ log }: HttpWorld): Promise<string[]> =>
  (await log.readAll()).events.map(({ type }) => type)

describe('a refresh token', () => {
  test('gets a new access token and its successor, once', async () => {
    await using world = await identityWorld()
    const { body: first } = await registered(world)
    const { status, body } = await refresh(world, first.tokens.refreshToken)
    expect(status).toBe(200)
    expect(body.data).toEqual(first.data)
    expect(body.tokens.refreshToken).not.toBe(first.tokens.refreshToken)
    expect(await me(world, body.tokens.accessToken)).toBe('200 ok')

    const second = await refresh(world, body.tokens.refreshToken)
    expect(second.status).toBe(200)
    expect(await me(world, second.body.tokens.accessToken)).toBe('200 ok')
  })

  test('whose answer was lost gets the same successor again', async () => {
    await using world = await identityWorld()
    const { body } = await registered(world)
    const replies = await Promise.all([1, 2, 3].map(() => refresh(world, body.tokens.refreshToken)))
    expect(replies.map(code)).toEqual(Array(3).fill('200 ok'))
    const next = new Set(replies.map(({ body: { tokens } }) => tokens.refreshToken))
    expect(next.size).toBe(1)
    expect((await typesOf(world)).filter((type) => type === 'RefreshTokenRotated')).toHaveLength(1)
  })

  test('that is reused ends the session for both senders', async () => {
    await using world = await identityWorld()
    const { body } = await registered(world)
    const stolen: string = body.tokens.refreshToken
    const other = await signIn(world)
    const second = await refresh(world, stolen)
    const third = await refresh(world, second.body.tokens.refreshToken)
    expect(code(await refresh(world, stolen))).toBe('401 refresh_token_reused')
    for (const token of [stolen, second.body.tokens.refreshToken, third.body.tokens.refreshToken])
      expect(code(await refresh(world, token))).toBe('401 session_ended')
    await expect.poll(() => me(world, third.body.tokens.accessToken)).toBe('401 session_ended')
    // Another sign-in is another family.
    expect(await me(world, other.body.tokens.accessToken)).toBe('200 ok')
    expect(code(await refresh(world, other.body.tokens.refreshToken))).toBe('200 ok')
    expect((await typesOf(world)).filter((type) => /Reuse|Revoked/.test(type))).toEqual([
      'RefreshTokenReuseDetected',
      'SessionRevoked',
    ])
  })

  test('that is forged, or of another session, has no effect', async () => {
    await using world = await identityWorld()
    const { body } = await registered(world)
    const other = await signIn(world)
    const [id, secret = ''] = body.tokens.refreshToken.split('.')
    const [otherId] = other.body.tokens.refreshToken.split('.')
    const bad = [
      `${otherId}.${secret}`,
      `${id}.1.${secret}`,
      `${id}.${secret.slice(1)}A`,
      `${id}.0.${secret}`,
      body.tokens.accessToken,
      'x',
    ]
    for (const token of bad)
      expect(code(await refresh(world, token)), token).toBe('401 invalid_refresh_token')
    // The id of a session does not suffice to end it, with a token of any age.
    let token: string = body.tokens.refreshToken
    for (let n = 0; n < 3; n += 1) token = (await refresh(world, token)).body.tokens.refreshToken
    for (const forged of [`${id}.${'A'.repeat(43)}`, `${id}.1.${'A'.repeat(43)}`])
      expect(code(await refresh(world, forged))).toBe('401 invalid_refresh_token')
    expect(code(await refresh(world, token))).toBe('200 ok')
  })

  test('may be in a cookie, which is sent to the routes of sign-in only, from pages of this site only', async () => {
    await using world = await identityWorld()
    const first = await registered(world)
    const cookie = `agora_refresh=${cookieOf(first, 'agora_refresh')}`
    const ask = (headers: Record<string, string>) =>
      world.anyone('POST', '/auth/refresh', undefined, { cookie, ...headers })
    expect(code(await ask({}))).toBe('403 cross_site_request')
    expect(code(await ask({ 'sec-fetch-site': 'cross-site' }))).toBe('403 cross_site_request')
    expect(code(await ask({ origin: 'https://evil.example' }))).toBe('403 cross_site_request')
    const good = await ask({ 'sec-fetch-site': 'same-origin' })
    expect(good.status).toBe(200)
    expect(cookieOf(good, 'agora_refresh')).toBe(good.body.tokens.refreshToken)
    expect(cookieOf(good, 'agora_token')).toBe(good.body.tokens.accessToken)
    expect(code(await world.anyone('POST', '/auth/refresh'))).toBe('401 no_refresh_token')
  })

  test('and every cookie of an answer are repeated for the same Idempotency-Key', async () => {
    await using world = await identityWorld()
    await registered(world)
    const keyed = { 'idempotency-key': 'one' }
    const first = await signIn(world, keyed)
    const again = await signIn(world, keyed)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.text).toBe(first.text)
    expect([first.headers['set-cookie']].flat()).toHaveLength(3)
    expect(again.headers['set-cookie']).toEqual(first.headers['set-cookie'])
  })
})

describe('logging out', () => {
  test('ends the session and removes the cookies', async () => {
    await using world = await identityWorld()
    const { body } = await registered(world)
    const { accessToken, refreshToken } = body.tokens
    const out = await world.anyone('POST', '/auth/logout', undefined, bearer(accessToken))
    expect(out.status).toBe(200)
    const gone = { value: '', maxAge: 0, httpOnly: true, sameSite: 'strict' }
    expect([out.headers['set-cookie']].flat().map((text) => parseSetCookie(String(text)))).toEqual([
      { name: 'agora_token', path: '/', ...gone },
      { name: 'agora_refresh', path: '/api/v1/auth', ...gone },
    ])
    await expect.poll(() => me(world, accessToken)).toBe('401 session_ended')
    expect(code(await refresh(world, refreshToken))).toBe('401 session_ended')
  })

  test('works by the refresh token when the access token has expired', async () => {
    await using world = await identityWorld()
    const { body } = await registered(world)
    const { accessToken, refreshToken } = body.tokens
    const out = () => world.anyone('POST', '/auth/logout', { refreshToken }, bearer('expired'))
    for (const reply of [await out(), await out()]) {
      expect([code(reply), reply.body.data.ended]).toEqual(['200 ok', true])
      expect([reply.headers['set-cookie']].flat()).toHaveLength(2)
    }
    await expect.poll(() => me(world, accessToken)).toBe('401 session_ended')
    expect(code(await refresh(world, refreshToken))).toBe('401 session_ended')
  })

  test('works by the refresh cookie alone, and removes invalid cookies', async () => {
    await using world = await identityWorld()
    const first = await registered(world)
    const { refreshToken } = first.body.tokens
    const out = (cookie: string, headers: Record<string, string>) =>
      world.anyone('POST', '/auth/logout', undefined, { cookie, ...headers })
    const ours = { 'sec-fetch-site': 'same-origin' }
    const foreign = { 'sec-fetch-site': 'cross-site' }
    const cookie = `agora_refresh=${refreshToken}`
    expect(code(await out(cookie, foreign))).toBe('403 cross_site_request')
    expect(code(await refresh(world, refreshToken))).toBe('200 ok')
    expect(code(await out(cookie, ours))).toBe('200 ok')
    expect(code(await refresh(world, refreshToken))).toBe('401 session_ended')
    for (const stale of ['agora_token=stale', 'agora_refresh=stale']) {
      expect(code(await out(stale, foreign))).toBe('403 cross_site_request')
      const reply = await out(stale, ours)
      expect([code(reply), reply.body.data]).toEqual(['200 ok', { ended: true }])
      expect([reply.headers['set-cookie']].flat()).toHaveLength(2)
    }
  })

  test('without a token is refused with the reason', async () => {
    await using world = await identityWorld()
    expect(code(await world.anyone('POST', '/auth/logout'))).toBe('401 no_refresh_token')
    const bad = await world.anyone('POST', '/auth/logout', { refreshToken: 'x' })
    expect(code(bad)).toBe('401 invalid_refresh_token')
    const forged = await world.anyone('POST', '/auth/logout', undefined, bearer('forged'))
    expect(code(forged)).toBe('401 invalid_token')
  })

  test('removes cookies of unknown sessions', async () => {
    await using world = await identityWorld()
    await using before = await identityWorld({ keys: world.deps.keys })
    const body = { email: 'eli@example.org', username: 'eli', password: 'a long password' }
    const { refreshToken } = (await before.anyone('POST', '/auth/register', body)).body.tokens
    const headers = { cookie: `agora_refresh=${refreshToken}`, 'sec-fetch-site': 'same-origin' }
    const reply = await world.anyone('POST', '/auth/logout', undefined, headers)
    expect(code(reply)).toBe('200 ok')
    expect([reply.headers['set-cookie']].flat()).toHaveLength(2)
    // A token in the body is answered with the error.
    expect((await world.anyone('POST', '/auth/logout', { refreshToken })).status).toBe(404)
  })

  test('and reading the profile, by a cookie from another site, are refused as such', async () => {
    await using world = await identityWorld()
    const { body } = await registered(world)
    const cookie = `agora_token=${body.tokens.accessToken}`
    const asked = await world.anyone('POST', '/auth/validate', undefined, { cookie })
    expect(code(asked)).toBe('403 cross_site_request')
  })

  test('by a cookie must be requested by a page of this site', async () => {
    await using world = await identityWorld()
    const first = await registered(world)
    const cookie = `agora_token=${cookieOf(first, 'agora_token')}`
    const out = (headers: Record<string, string>) =>
      world.anyone('POST', '/auth/logout', undefined, { cookie, ...headers })
    expect(code(await out({ origin: 'https://evil.example' }))).toBe('403 cross_site_request')
    expect(code(await out({ origin: 'http://localhost:3000', host: 'localhost:3000' }))).toBe(
      '200 ok',
    )
  })
})

describe('sessions', () => {
  test('are listed for their user, with the current one marked, without ended ones', async () => {
    await using world = await identityWorld()
    await registered(world)
    const phone = await signIn(world, { 'user-agent': 'phone' })
    const laptop = await signIn(world, { 'user-agent': 'laptop' })
    const { accessToken } = laptop.body.tokens
    const list = async () => {
      const path = `/auth/sessions?minPosition=${await world.log.head()}&sort=createdAt`
      return (await world.anyone('GET', path, undefined, bearer(accessToken))).body.data
    }
    const { sessions, total } = await list()
    expect(total).toBe(3)
    expect(
      sessions.map(({ userAgent, current }: { userAgent: string; current: boolean }) => [
        userAgent,
        current,
      ]),
    ).toEqual([
      [expect.any(String), false],
      ['phone', false],
      ['laptop', true],
    ])
    expect(Object.keys(sessions[1]).toSorted()).toEqual(
      ['createdAt', 'current', 'expiresAt', 'id', 'ip', 'refreshedAt', 'userAgent'].toSorted(),
    )

    const { id } = sessions[1]
    const ended = await world.anyone(
      'DELETE',
      `/auth/sessions/${id}`,
      undefined,
      bearer(accessToken),
    )
    expect(ended.body.data).toEqual({ id, ended: true })
    expect((await list()).total).toBe(2)
    await expect.poll(() => me(world, phone.body.tokens.accessToken)).toBe('401 session_ended')
    expect(await me(world, accessToken)).toBe('200 ok')
  })

  test('are ended by their user or an admin only', async () => {
    await using world = await identityWorld()
    const { body } = await registered(world)
    const [id] = body.tokens.refreshToken.split('.')
    const eve = await world.someone('eve')
    const admin = await world.someone('root', 'admin')
    expect(code(await eve.call('DELETE', `/auth/sessions/${id}`))).toBe('403 forbidden')
    expect(await me(world, body.tokens.accessToken)).toBe('200 ok')
    expect(code(await admin.call('DELETE', `/auth/sessions/${id}`))).toBe('200 ok')
    await expect.poll(() => me(world, body.tokens.accessToken)).toBe('401 session_ended')
    expect(code(await eve.call('DELETE', `/auth/sessions/${eve.id}`))).toBe('404 not_found')
  })

  test('of a user are listed for admins only', async () => {
    await using world = await identityWorld()
    const { body } = await registered(world)
    const eve = await world.someone('eve')
    const admin = await world.someone('root', 'admin')
    const path = `/admin/users/${body.data.userId}/sessions`
    await world.readModels.fold()
    expect(code(await eve.call('GET', path))).toBe('403 forbidden')
    const list = await admin.call('GET', path)
    const [id] = body.tokens.refreshToken.split('.')
    expect(list.body.data).toMatchObject({ sessions: [{ id, current: false }], total: 1 })
    await admin.call('DELETE', `/auth/sessions/${id}`)
    await world.readModels.fold()
    expect((await admin.call('GET', path)).body.data.total).toBe(0)
    const nobody = `/admin/users/${randomUUID()}/sessions`
    expect(code(await admin.call('GET', nobody))).toBe('404 not_found')
  })
})

test('the validation of a token returns user, roles and expiry', async () => {
  await using world = await identityWorld()
  const { body } = await registered(world)
  const { accessToken: token } = body.tokens
  const validate = (sent?: object, headers = {}) =>
    world.anyone('POST', '/auth/validate', sent, headers)
  const told = await validate({ token })
  expect(told.body.data).toEqual({
    userId: body.data.userId,
    roles: ['buyer'],
    exp: expect.any(Number),
  })
  expect((await validate(undefined, bearer(token))).body.data).toEqual(told.body.data)
  expect(code(await validate())).toBe('401 invalid_token')
  expect(code(await validate({ token: 'lamp' }))).toBe('401 invalid_token')
  await world.anyone('POST', '/auth/logout', undefined, bearer(token))
  await expect.poll(async () => code(await validate({ token }))).toBe('401 session_ended')
})

test('the list of sessions uses the clock of their expiry, not that of the machine', async () => {
  await using world = await identityWorld({ clock: () => new Date('2020-01-01T00:00:00Z') })
  const { body } = await registered(world)
  await world.readModels.fold()
  const headers = bearer(body.tokens.accessToken)
  const list = await world.anyone('GET', '/auth/sessions', undefined, headers)
  expect(list.body.data).toMatchObject({ sessions: [{ current: true }], total: 1 })
})
