import { describe, expect, test } from 'vitest'
import { identityWorld, type HttpWorld, type Reply } from '../../../../test/support/http.ts'
import { accountLinks } from '../../../platform/security/account-links.ts'
import { memoryCounters } from '../../../platform/security/counters/memory.ts'

const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
const fresh = 'another long password'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const code = ({ status, body }: Reply): string => `${status} ${body.code ?? 'ok'}`

const register = async ({ anyone }: HttpWorld) => (await anyone('POST', '/auth/register', ada)).body

const login = async ({ anyone }: HttpWorld, password: string): Promise<string> =>
  code(await anyone('POST', '/auth/login', { email: ada.email, password }))

const me = async ({ anyone }: HttpWorld, token: string): Promise<string> =>
  code(await anyone('GET', '/users/me', undefined, bearer(token)))

const forgot = ({ anyone }: HttpWorld, email = ada.email) =>
  anyone('POST', '/auth/password/forgot', { email })

const reset = ({ anyone }: HttpWorld, token: string, password = fresh) =>
  anyone('POST', '/auth/password/reset', { token, password })

/** Tokens of the requested mails, oldest first. */
const mailed = async ({ log, deps }: HttpWorld): Promise<string[]> => {
  const links = accountLinks(deps.keys.secretFor('account-links'))
  const { events } = await log.readAll({ types: ['PasswordResetRequested'] })
  return events.map(({ id, data }) => {
    const { requestId } = data as { requestId: string }
    return links.make('reset', id, requestId)
  })
}

describe('a forgotten password', () => {
  test('is replaced by the link in a mail, once; every session ends', async () => {
    await using world = await identityWorld()
    const { tokens } = await register(world)
    expect((await forgot(world)).status).toBe(202)
    const [token = ''] = await mailed(world)
    const check = async (one = token) =>
      code(await world.anyone('POST', '/auth/links/check', { token: one }))
    expect([await check(), await check()]).toEqual(['200 ok', '200 ok'])
    expect(await check(`${token}x`)).toBe('400 invalid_request')
    expect(code(await reset(world, token))).toBe('200 ok')
    expect(await check()).toBe('409 link_expired')
    expect(await login(world, ada.password)).toBe('401 invalid_credentials')
    expect(await login(world, fresh)).toBe('200 ok')
    await expect.poll(() => me(world, tokens.accessToken)).toBe('401 session_ended')
    const { refreshToken } = tokens
    const refreshed = await world.anyone('POST', '/auth/refresh', { refreshToken })
    expect(code(refreshed)).toBe('401 session_ended')
    expect(code(await reset(world, token, ada.password))).toBe('409 link_expired')
    expect(await login(world, fresh)).toBe('200 ok')
  })

  test('has the same answer and duration whether the account exists or not', async () => {
    await using world = await identityWorld()
    await register(world)
    const timed = async (email: string) => {
      const since = performance.now()
      const { status, body } = await forgot(world, email)
      return { took: performance.now() - since, status, data: body.data, meta: body.meta }
    }
    const [known, unknown] = [await timed(ada.email), await timed('nobody@example.org')]
    expect({ ...known, took: 0 }).toEqual({ ...unknown, took: 0 })
    for (const { took } of [known, unknown]) expect(took).toBeGreaterThan(390)
    expect(await mailed(world)).toHaveLength(1)
  })

  test('sends one mail for several requests', async () => {
    await using world = await identityWorld()
    await register(world)
    await Promise.all([1, 2, 3].map(() => forgot(world)))
    expect(await mailed(world)).toHaveLength(1)
  })

  test('has a limit of requests from one network', async () => {
    await using world = await identityWorld()
    const replies = await Promise.all(Array.from({ length: 22 }, () => forgot(world, 'x@y.org')))
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(2)
    const { headers } = replies.find(({ status }) => status === 429)!
    expect(Number(headers['retry-after'])).toBeGreaterThan(60)
  })

  test('is not replaced by a forged token, or one of another user', async () => {
    await using world = await identityWorld()
    await register(world)
    const eve = await world.someone('eve')
    await forgot(world)
    const [token = ''] = await mailed(world)
    const [kind, userId = '', requestId, signature = ''] = token.split('.')
    for (const bad of [
      'x',
      token.replace(userId, eve.id),
      `${kind}.${userId}.${requestId}.${signature.slice(1)}A`,
      accountLinks(Buffer.alloc(32)).make('reset', userId, String(requestId)),
    ]) {
      const reply = await reset(world, bad)
      expect(code(reply), bad).toBe('400 invalid_request')
      expect(reply.body.errors[0].field).toBe('token')
    }
    const short = await reset(world, token, 'short')
    expect(short.body.errors[0].field).toBe('password')
    expect(await login(world, ada.password)).toBe('200 ok')
  })

  test('leaves neither its token nor the password in the events or in log lines', async () => {
    await using world = await identityWorld()
    await register(world)
    await forgot(world)
    const [token = ''] = await mailed(world)
    await reset(world, token)
    const { events } = await world.log.readAll()
    const all = JSON.stringify(events, (_, value) => (typeof value === 'bigint' ? '' : value))
    for (const secret of [token, token.split('.')[3]!, fresh]) {
      expect(all).not.toContain(secret)
      expect(world.written.join('')).not.toContain(secret)
    }
  })
})

describe('a password', () => {
  const change = (
    { anyone }: HttpWorld,
    token: string,
    currentPassword: string,
    newPassword = fresh,
  ) => anyone('POST', '/auth/password/change', { currentPassword, newPassword }, bearer(token))

  test('is changed with the current one; other sessions end, this one stays', async () => {
    await using world = await identityWorld()
    const other = (await register(world)).tokens
    const { body } = await world.anyone('POST', '/auth/login', {
      email: ada.email,
      password: ada.password,
    })
    const mine = body.tokens
    expect(code(await change(world, mine.accessToken, ada.password))).toBe('200 ok')
    await expect.poll(() => me(world, other.accessToken)).toBe('401 session_ended')
    expect(await me(world, mine.accessToken)).toBe('200 ok')
    const refresh = async (refreshToken: string) =>
      world.anyone('POST', '/auth/refresh', { refreshToken })
    expect(code(await refresh(other.refreshToken))).toBe('401 session_ended')
    const next = await refresh(mine.refreshToken)
    expect(code(next)).toBe('200 ok')
    expect(await me(world, next.body.tokens.accessToken)).toBe('200 ok')
    expect(await login(world, fresh)).toBe('200 ok')
    const list = await world.anyone(
      'GET',
      `/auth/sessions?minPosition=${await world.log.head()}`,
      undefined,
      bearer(next.body.tokens.accessToken),
    )
    // This session and the new one; those that ended with the old password are not listed.
    expect(list.body.data.total).toBe(2)
  })

  test('is not changed without the current one, and guesses are delayed', async () => {
    await using world = await identityWorld({ counters: memoryCounters({ clock: () => 0 }) })
    const { tokens } = await register(world)
    for (let n = 0; n < 11; n += 1) {
      const reply = await change(world, tokens.accessToken, 'wrong')
      expect(code(reply)).toBe('403 wrong_password')
      expect(reply.body.errors[0].field).toBe('currentPassword')
    }
    expect(code(await change(world, tokens.accessToken, ada.password))).toBe(
      '429 too_many_attempts',
    )
    // Other sessions are not delayed.
    expect(await login(world, ada.password)).toBe('200 ok')
  })
})
