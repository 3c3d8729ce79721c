import { parseSetCookie } from 'cookie'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { streamOf } from '#kernel'
import {
  identityWorld,
  type Call,
  type HttpWorld,
  type Reply,
} from '../../../../test/support/http.ts'
import {
  testProvider,
  type Claims,
  type TestProvider,
} from '../../../../test/support/identity-provider.ts'
import { account, email, emailIdOf, externalIdentity, externalIdentityIdOf } from '../language.ts'
import { asId } from '#kernel'
import { UserId } from '../../shared/index.ts'

let world: HttpWorld
let acme: TestProvider
beforeAll(async () => {
  acme = await testProvider('a client secret')
})
afterAll(() => acme[Symbol.asyncDispose]())
beforeEach(async () => {
  world = await identityWorld({ identityProviders: [acme.provider] })
  return () => world[Symbol.asyncDispose]()
})

const ada: Claims = {
  sub: 'ada-1',
  email: 'Ada@Example.org',
  email_verified: true,
  name: 'Ada Lovelace',
  preferred_username: 'Ada L.',
}

const cookiesOf = ({ headers }: Reply): readonly string[] =>
  [headers['set-cookie'] ?? []].flat().map(String)

const pairOf = (cookie: string | undefined = '') => cookie.split(';')[0] ?? ''

/** Starts a sign-in. */
const begin = async (query = '') => {
  const reply = await world.anyone('GET', `/auth/oauth/acme${query}`)
  return { reply, location: String(reply.headers.location), cookie: pairOf(cookiesOf(reply)[0]) }
}

/** Returns from the provider. */
const comeBack = (returned: string, cookie: string, headers: Record<string, string> = {}) => {
  const { pathname, search } = new URL(returned)
  return world.anyone('GET', `${pathname}${search}`, undefined, { cookie, ...headers })
}

/** Runs a whole sign-in. */
const signIn = async (claims: Claims, headers: Record<string, string> = {}, query = '') => {
  acme.isUsedBy(claims)
  const { location, cookie } = await begin(query)
  return comeBack(await acme.visit(location), cookie, headers)
}

const codeOf = ({ status, body }: Reply) => `${status} ${body?.code}`

const eventsOf = async (sub: string) =>
  (await world.log.read(streamOf(externalIdentity, externalIdentityIdOf(acme.issuer, sub)))).map(
    ({ type }) => type,
  )

const verify = (userId: string, address: string) =>
  world.deps.executor.execute(
    account,
    asId(UserId, userId),
    { type: 'VerifyEmail', data: { email: address } },
    { commandId: userId, actorId: userId, correlationId: userId },
  )

const register = async (username: string, email: string) => {
  const password = 'a long password'
  const { body } = await world.anyone('POST', '/auth/register', { email, username, password })
  return body.data.userId as string
}

describe('a sign-in at a provider', () => {
  test('redirects the browser with state, nonce and challenge, without the secrets', async () => {
    const { reply, location } = await begin()
    expect(reply.status).toBe(302)
    const url = new URL(location)
    expect(url.origin).toBe(new URL(acme.issuer).origin)
    const asked = Object.fromEntries(url.searchParams)
    expect(asked).toMatchObject({
      response_type: 'code',
      client_id: 'agora',
      code_challenge_method: 'S256',
      scope: 'openid email profile',
    })
    expect(asked.redirect_uri).toMatch(/\/api\/v1\/auth\/oauth\/acme\/callback$/)
    const [cookie = '', ...more] = cookiesOf(reply)
    expect(more).toEqual([])
    expect(parseSetCookie(cookie)).toEqual({
      name: 'agora_oauth',
      value: expect.stringMatching(/^[\w-]+$/),
      path: '/api/v1/auth/oauth/acme/callback',
      maxAge: 600,
      httpOnly: true,
      sameSite: 'lax',
    })
    const shown = Buffer.from(pairOf(cookie).split('=')[1] ?? '', 'base64url').toString('latin1')
    for (const kept of [asked.state, asked.nonce]) expect(shown).not.toContain(kept)
  })

  test('opens an account for a new user, and signs in to it the next time', async () => {
    const first = await signIn(ada)
    expect(first.status).toBe(200)
    expect(first.body.data).toMatchObject({
      email: 'ada@example.org',
      emailVerified: true,
      username: 'ada-l',
      name: 'Ada Lovelace',
      roles: ['buyer'],
    })
    const authorization = `Bearer ${first.body.tokens.accessToken}`
    const me = await world.anyone('GET', '/users/me', undefined, { authorization })
    expect(me.body.data).toMatchObject(first.body.data)
    expect(await eventsOf('ada-1')).toEqual(['OAuthIdentityClaimed', 'OAuthIdentityLinked'])

    // The address at the provider has changed.
    const second = await signIn({ ...ada, email: 'new@example.org', email_verified: false })
    expect(second.body.data).toEqual(first.body.data)
    expect(await eventsOf('ada-1')).toHaveLength(2)
  })

  test('redirects a browser to the requested page, with cookies instead of tokens', async () => {
    const reply = await signIn(ada, { accept: 'text/html,*/*' }, '?returnTo=/orders%3Fpage=2')
    expect(reply.status).toBe(302)
    expect(reply.headers.location).toBe('/orders?page=2')
    expect(reply.text).not.toContain('eyJ')
    const cookies = cookiesOf(reply)
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual([
      'agora_oauth',
      'agora_token',
      'agora_refresh',
      'agora_device',
    ])
    expect(cookies[0]).toContain('Max-Age=0')
    const me = await world.anyone('GET', '/users/me', undefined, { cookie: pairOf(cookies[1]) })
    expect(me.status).toBe(200)
  })

  test('uses another username when the best one is taken', async () => {
    await register('ada-l', 'other@example.org')
    const { body } = await signIn(ada)
    expect(body.data.username).toMatch(/^ada-l-[0-9a-f]{3}$/)
  })

  test('derives a username from the available data', async () => {
    const names = [
      [{ preferred_username: undefined, email: 'g.hopper@example.org' }, 'g.hopper'],
      [{ preferred_username: '  ', email: 'x@example.org', name: 'Émile Zola' }, 'emile-zola'],
      [{ preferred_username: '!', email: '1@example.org', name: '山田' }, 'somebody'],
      [{ preferred_username: 'Admin', email: '7@example.org' }, 'ada-lovelace'],
    ] as const
    for (const [at, [claims, username]] of names.entries())
      expect((await signIn({ ...ada, sub: `n-${at}`, ...claims })).body.data.username).toBe(
        username,
      )
  })

  test('ignores invisible and deceptive names', async () => {
    for (const [at, name] of [' \u200b ', 'Ada \u202eKing'].entries()) {
      const person = { ...ada, sub: `d-${at}`, email: `d-${at}@example.org`, name }
      const { status, body } = await signIn(person)
      expect([status, body.data.name]).toEqual([200, undefined])
    }
  })

  test('uses the account with the same address, when both sides have verified it', async () => {
    const userId = await register('ada', 'ada@example.org')
    await verify(userId, 'ada@example.org')
    const { status, body } = await signIn(ada)
    expect(status).toBe(200)
    expect(body.data).toMatchObject({ userId, username: 'ada' })
    expect(await eventsOf('ada-1')).toEqual(['OAuthIdentityClaimed', 'OAuthIdentityLinked'])
  })

  test('does not use an account with an address that the provider has not verified', async () => {
    const userId = await register('ada', 'ada@example.org')
    await verify(userId, 'ada@example.org')
    for (const said of [{ email_verified: false }, { email_verified: undefined }]) {
      const reply = await signIn({ ...ada, ...said })
      expect(codeOf(reply)).toBe('409 email_not_verified')
      expect(reply.body.detail).toContain('Verify it there')
    }
    expect(await eventsOf('ada-1')).toEqual([])
  })

  test('does not use an account with an unverified address', async () => {
    await register('eve', 'ada@example.org')
    expect(codeOf(await signIn(ada))).toBe('409 email_taken')
    expect(await eventsOf('ada-1')).toEqual([])
  })

  test('does not use an account with only a claim on the address', async () => {
    const eve = await register('eve', 'eve@example.org')
    await verify(eve, 'eve@example.org')
    const claim = { type: 'ClaimEmail' as const, data: { userId: asId(UserId, eve) } }
    const origin = { commandId: 'claim', actorId: eve, correlationId: eve }
    await world.deps.executor.execute(email, emailIdOf('ada@example.org'), claim, origin)
    expect(codeOf(await signIn(ada))).toBe('409 sign_in_in_progress')
    const login = { email: 'ada@example.org', password: 'a long password' }
    expect(codeOf(await world.anyone('POST', '/auth/login', login))).toBe('401 invalid_credentials')
  })

  test('opens no account without an address', async () => {
    acme.service.once('beforeUserinfo', (response) => {
      response.body = { sub: 'ada-1' }
    })
    expect(codeOf(await signIn({ sub: 'ada-1' }))).toBe('409 email_not_verified')
    expect(codeOf(await signIn({ ...ada, email: 'no address' }))).toBe('409 email_not_verified')
  })

  test('is rejected when the user info is of another subject', async () => {
    acme.service.once('beforeUserinfo', (response) => {
      response.body = { sub: 'eve-1', email: 'ada@example.org', email_verified: true }
    })
    expect(codeOf(await signIn({ sub: 'ada-1' }))).toBe('400 sign_in_rejected')
  })

  test('reads the address from the user info, where the provider has it there', async () => {
    acme.service.once('beforeUserinfo', (response) => {
      response.body = { sub: 'ada-1', email: 'ada@example.org', email_verified: true }
    })
    const { body } = await signIn({ sub: 'ada-1' })
    expect(body.data).toMatchObject({ email: 'ada@example.org', username: 'ada' })
  })

  test('is refused for a suspended account, and opens a new one after the closing', async () => {
    const { userId } = (await signIn(ada)).body.data
    const send = (type: 'SuspendAccount' | 'CloseAccount') =>
      world.deps.executor.execute(
        account,
        asId(UserId, userId),
        { type, data: { reason: 'test' } },
        { commandId: `${userId}${type}`, actorId: 'test', correlationId: userId },
      )
    await send('SuspendAccount')
    expect(codeOf(await signIn(ada))).toBe('403 account_suspended')
    await send('CloseAccount')
    const again = await signIn({ ...ada, email: 'ada@second.example' })
    expect(again.status).toBe(200)
    expect(again.body.data.userId).not.toBe(userId)
    expect((await eventsOf('ada-1')).slice(2)).toEqual([
      'OAuthIdentityReleased',
      'OAuthIdentityClaimed',
      'OAuthIdentityLinked',
    ])
  })

  test('opens one account for many concurrent sign-ins', async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, () => signIn(ada)))
    const outcomes = replies.map(({ status, body }) =>
      status === 200 ? `in as ${body.data.userId}` : `${status} ${body.code}`,
    )
    const users = new Set(outcomes)
    users.delete('409 sign_in_in_progress')
    expect(users.size).toBe(1)
    expect((await eventsOf('ada-1')).filter((type) => type === 'OAuthIdentityLinked')).toHaveLength(
      1,
    )
  })
})

describe('an identity that a signed-in user links', () => {
  const password = 'a long password'
  /** User at the provider, with another, unverified address. */
  const elsewhere: Claims = { sub: 'ada-2', email: 'private@example.net' }

  const startLink = async (call: Call, body: object = { password, returnTo: '/settings' }) => {
    const reply = await call('POST', '/auth/oauth/acme/link', body)
    return { reply, url: String(reply.body?.data?.url), cookie: pairOf(cookiesOf(reply)[0]) }
  }

  const link = async (call: Call, claims: Claims, body?: object, headers = {}) => {
    acme.isUsedBy(claims)
    const { url, cookie } = await startLink(call, body)
    return comeBack(await acme.visit(url), cookie, headers)
  }

  const signInsOf = async (call: Call) => (await call('GET', '/users/me')).body.data.signIns

  /** A user without a password, signed in at acme. */
  const withoutPassword = async () => {
    const { body } = await signIn(ada)
    const authorization = `Bearer ${body.tokens.accessToken}`
    const call: Call = (method, path, sent) => world.anyone(method, path, sent, { authorization })
    return { call, authorization, id: body.data.userId as string }
  }

  test('signs in to the same account, and is listed in the profile', async () => {
    expect((await world.anyone('GET', '/auth/oauth')).body.data).toEqual({ providers: ['acme'] })
    const { call, id } = await world.someone('ada')
    expect(await signInsOf(call)).toEqual({ password: true, providers: [] })
    const reply = await link(call, elsewhere)
    expect(codeOf(reply)).toBe('200 undefined')
    expect(reply.body).toMatchObject({ data: { userId: id } })
    expect(reply.body.tokens).toBeUndefined()
    expect(await signInsOf(call)).toEqual({
      password: true,
      providers: [{ provider: 'acme', addedAt: expect.any(String) }],
    })
    expect((await signIn(elsewhere)).body.data.userId).toBe(id)
    // A repetition has no effect.
    expect((await link(call, elsewhere)).status).toBe(200)
    expect((await signInsOf(call)).providers).toHaveLength(1)
  })

  test('is valid also when it was recorded before accounts listed it, until it is removed', async () => {
    const { call, id } = await world.someone('ada')
    const userId = asId(UserId, id)
    const identityId = externalIdentityIdOf(acme.issuer, elsewhere.sub)
    const origin = { commandId: randomUUID(), actorId: id, correlationId: id }
    const command = { type: 'LinkOAuthIdentity', data: { userId, provider: 'acme' } } as const
    await world.deps.executor.execute(externalIdentity, identityId, command, origin)
    expect((await signIn(elsewhere)).body.data?.userId).toBe(id)
    expect((await signInsOf(call)).providers).toMatchObject([{ provider: 'acme' }])
    expect((await signIn(elsewhere)).body.data.userId).toBe(id)
    expect((await call('DELETE', '/auth/oauth/acme')).status).toBe(200)
    expect(codeOf(await signIn(elsewhere))).toBe('409 email_not_verified')
  })

  test('redirects a browser to a page of this site only', async () => {
    const { call } = await world.someone('ada')
    const reply = await link(call, elsewhere, undefined, { accept: 'text/html' })
    expect([reply.status, reply.headers.location]).toEqual([302, '/settings'])
    expect(cookiesOf(reply).map((cookie) => cookie.split('=')[0])).toEqual(['agora_oauth'])
    const { reply: bad } = await startLink(call, { password, returnTo: '//evil.example' })
    expect(codeOf(bad)).toBe('400 invalid_request')
  })

  test('needs the password', async () => {
    const { call } = await world.someone('ada')
    for (const body of [{}, { password: 'a wrong password' }])
      expect(codeOf((await startLink(call, body)).reply)).toBe('403 wrong_password')
    const unknown = await call('POST', '/auth/oauth/elsewhere/link', { password })
    expect(codeOf(unknown)).toBe('404 not_found')
  })

  test('does not regard a sign-in as recent because of a shorter lifetime of sessions', async () => {
    const { authorization } = await withoutPassword()
    await using later = await identityWorld({
      identityProviders: [acme.provider],
      log: world.log,
      executor: world.deps.executor,
      keys: world.deps.keys,
      config: { sessionTtl: 60_000 },
    })
    const ask = () => later.anyone('POST', '/auth/oauth/acme/link', {}, { authorization })
    expect((await ask()).status).toBe(200)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * 60_000 })
    try {
      expect(codeOf(await ask())).toBe('403 sign_in_again')
    } finally {
      vi.useRealTimers()
    }
  })

  test('needs a recent sign-in of a user without a password', async () => {
    const { call } = await withoutPassword()
    expect((await startLink(call, {})).reply.status).toBe(200)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 9 * 60_000 })
    try {
      expect((await startLink(call, {})).reply.status).toBe(200)
      vi.setSystemTime(Date.now() + 61_000)
      expect(codeOf((await startLink(call, {})).reply)).toBe('403 sign_in_again')
    } finally {
      vi.useRealTimers()
    }
  })

  test('is added only in the browser and the session of the request', async () => {
    const { call, id } = await world.someone('ada')
    acme.isUsedBy(elsewhere)
    const mine = await startLink(call)
    const returned = await acme.visit(mine.url)
    // Another browser with a sign-in of its own.
    const { cookie } = await begin()
    expect(codeOf(await comeBack(returned, cookie))).toBe('400 sign_in_rejected')
    await call('POST', '/auth/logout')
    expect(codeOf(await comeBack(returned, mine.cookie))).toBe('401 session_ended')
    expect(await eventsOf('ada-2')).toEqual([])
    const { state } = await world.deps.executor.stateOf(account, asId(UserId, id))
    expect(state).toMatchObject({ signIns: [] })
  })

  test('belongs to one account only', async () => {
    const { id } = await withoutPassword()
    const { call } = await world.someone('eve')
    expect(codeOf(await link(call, ada))).toBe('409 identity_taken')
    expect((await signInsOf(call)).providers).toEqual([])
    expect((await signIn(ada)).body.data.userId).toBe(id)
  })

  test('is removed, and not added again by a sign-in', async () => {
    const { call, id } = await world.someone('ada')
    await verify(id, 'ada@example.org')
    await signIn(ada)
    const reply = await call('DELETE', '/auth/oauth/acme')
    expect(reply.body.data).toEqual({ password: true, providers: [] })
    // The verified address on both sides does not add it again.
    expect(codeOf(await signIn(ada))).toBe('409 sign_in_unlinked')
    expect((await call('DELETE', '/auth/oauth/acme')).status).toBe(200)
    expect((await call('DELETE', '/auth/oauth/never-heard-of')).status).toBe(200)
    expect((await link(call, ada)).status).toBe(200)
    expect((await signIn(ada)).body.data.userId).toBe(id)
  })

  test('may be added to another account once it is removed', async () => {
    const [{ call: hers }, { call: his, id }] = [
      await world.someone('ada'),
      await world.someone('bob'),
    ]
    await link(hers, elsewhere)
    await hers('DELETE', '/auth/oauth/acme')
    expect((await link(his, elsewhere)).status).toBe(200)
    expect((await signIn(elsewhere)).body.data.userId).toBe(id)
  })

  test('cannot be removed when it is the last sign-in', async () => {
    const { call } = await withoutPassword()
    const reply = await call('DELETE', '/auth/oauth/acme')
    expect(codeOf(reply)).toBe('409 last_sign_in')
    expect(reply.body.detail).toContain('set a password first')
    const providers = [{ provider: 'acme', addedAt: expect.any(String) }]
    expect(await signInsOf(call)).toEqual({ password: false, providers })
  })

  test('of two, one remains when both are removed at once', async () => {
    await using umbrella = await testProvider()
    await using two = await identityWorld({
      identityProviders: [acme.provider, { ...umbrella.provider, name: 'umbrella' }],
    })
    world = two
    const { call } = await withoutPassword()
    umbrella.isUsedBy({ ...elsewhere, sub: 'ada-3' })
    const begun = await call('POST', '/auth/oauth/umbrella/link', {})
    const returned = await umbrella.visit(begun.body.data.url)
    expect((await comeBack(returned, pairOf(cookiesOf(begun)[0]))).status).toBe(200)
    const replies = await Promise.all(
      ['acme', 'umbrella'].map((provider) => call('DELETE', `/auth/oauth/${provider}`)),
    )
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    expect((await signInsOf(call)).providers).toHaveLength(1)
  })
})

describe('a sign-in at a provider is refused', () => {
  test('at an unknown provider', async () => {
    expect(codeOf(await world.anyone('GET', '/auth/oauth/elsewhere'))).toBe('404 not_found')
    expect(codeOf(await world.anyone('GET', '/auth/oauth/elsewhere/callback'))).toBe(
      '404 not_found',
    )
    expect(codeOf(await world.anyone('GET', '/auth/oauth/__proto__'))).toBe('404 not_found')
  })

  test.for([
    'https://evil.example',
    '//evil.example',
    String.raw`/\evil.example`,
    '/%09/evil.example'.replace('%09', '\t'),
    'javascript:alert(1)',
    'orders',
    '',
  ])('that would lead to %j afterwards', async (returnTo) => {
    const { reply } = await begin(`?returnTo=${encodeURIComponent(returnTo)}`)
    expect(codeOf(reply)).toBe('400 invalid_request')
    expect(reply.body.errors[0].field).toBe('returnTo')
  })

  test('without the cookie, or with one that is forged, changed or for another provider', async () => {
    acme.isUsedBy(ada)
    const { location, cookie } = await begin()
    const returned = await acme.visit(location)
    const changed = `${cookie.slice(0, -2)}xx`
    for (const bad of ['', 'agora_oauth=made-up', changed, 'agora_oauth='])
      expect(codeOf(await comeBack(returned, bad))).toBe('400 sign_in_expired')
    expect((await comeBack(returned, cookie)).status).toBe(200)
  })

  test('with the state of another sign-in', async () => {
    acme.isUsedBy(ada)
    const [mine, theirs] = [await begin(), await begin()]
    const returned = await acme.visit(theirs.location)
    expect(codeOf(await comeBack(returned, mine.cookie))).toBe('400 sign_in_rejected')
    const without = returned.replace(/state=[^&]*/, '')
    expect(codeOf(await comeBack(without, theirs.cookie))).toBe('400 sign_in_rejected')
  })

  test('with a code that was used before', async () => {
    acme.isUsedBy(ada)
    const { location, cookie } = await begin()
    const returned = await acme.visit(location)
    expect((await comeBack(returned, cookie)).status).toBe(200)
    acme.service.once('beforeResponse', (response) => {
      response.statusCode = 400
      response.body = { error: 'invalid_grant' }
    })
    const again = await begin()
    expect(codeOf(await comeBack(await acme.visit(again.location), again.cookie))).toBe(
      '400 sign_in_rejected',
    )
  })

  test('with a code of another sign-in, by the challenge', async () => {
    acme.isUsedBy(ada)
    const [mine, theirs] = [await begin(), await begin()]
    const [own, other] = [await acme.visit(mine.location), await acme.visit(theirs.location)]
    const injected = new URL(own)
    injected.searchParams.set('code', new URL(other).searchParams.get('code') ?? '')
    const reply = await comeBack(injected.href, mine.cookie)
    expect(codeOf(reply)).toBe('400 sign_in_rejected')
  })

  test('with the nonce of another sign-in', async () => {
    acme.isUsedBy({ ...ada, nonce: 'another' })
    const { location, cookie } = await begin()
    expect(codeOf(await comeBack(await acme.visit(location), cookie))).toBe('400 sign_in_rejected')
  })

  test('with an identity for another client, or of another issuer', async () => {
    for (const said of [{ aud: 'another' }, { iss: 'https://evil.example' }]) {
      acme.isUsedBy({ ...ada, ...said })
      const { location, cookie } = await begin()
      expect(codeOf(await comeBack(await acme.visit(location), cookie))).toBe(
        '400 sign_in_rejected',
      )
    }
  })

  test('when the user cancels it', async () => {
    const { location, cookie } = await begin()
    acme.service.once('beforeAuthorizeRedirect', ({ url }) => {
      url.searchParams.delete('code')
      url.searchParams.set('error', 'access_denied')
    })
    const reply = await comeBack(await acme.visit(location), cookie)
    expect(codeOf(reply)).toBe('403 sign_in_denied')
    expect(reply.body.detail).toContain('Begin again')
    expect(cookiesOf(reply)[0]).toContain('Max-Age=0')
  })
})

describe('while a provider is unavailable', () => {
  test('the answer is 503 until it is available again', async () => {
    const away = await testProvider()
    await away.stop()
    await using elsewhere = await identityWorld({
      identityProviders: [away.provider, acme.provider].map((each, at) => ({
        ...each,
        name: ['away', 'acme'][at] ?? '',
      })),
    })
    const reply = await elsewhere.anyone('GET', '/auth/oauth/away')
    expect(codeOf(reply)).toBe('503 unavailable')
    expect(reply.headers['retry-after']).toBeDefined()
    expect((await elsewhere.anyone('GET', '/auth/oauth/acme')).status).toBe(302)
  })

  test('the answer to the return is 503 as well', async () => {
    acme.isUsedBy(ada)
    for (const body of [{ error: 'server_error' }, { error: 'invalid_client' }, ''] as const) {
      const { location, cookie } = await begin()
      const returned = await acme.visit(location)
      acme.service.once('beforeResponse', (response) => {
        response.statusCode = body === '' ? 502 : 400
        response.body = body
      })
      expect(codeOf(await comeBack(returned, cookie))).toBe('503 unavailable')
    }
  })
})
