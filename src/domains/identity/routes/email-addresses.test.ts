import { describe, expect, test } from 'vitest'
import { identityWorld, type HttpWorld, type Reply } from '../../../../test/support/http.ts'
import { email as address, emailIdOf } from '../language.ts'
import { accountLinks } from '../../../platform/security/account-links.ts'

const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
const wanted = 'countess@example.org'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const code = ({ status, body }: Reply): string => `${status} ${body.code ?? 'ok'}`

const register = async ({ anyone }: HttpWorld, who = ada) => {
  const { body } = await anyone('POST', '/auth/register', who)
  const headers = bearer(body.tokens.accessToken)
  return {
    id: String(body.data.userId),
    call: (method: 'GET' | 'POST', path: string, sent?: object) =>
      anyone(method, path, sent, headers),
  }
}

const linksOf = ({ deps }: HttpWorld) => accountLinks(deps.keys.secretFor('account-links'))

const verify = ({ anyone }: HttpWorld, token: string) =>
  anyone('POST', '/auth/email/verify', { token })

const typesOf = async ({ log }: HttpWorld): Promise<string[]> =>
  (await log.readAll()).events.map(({ type }) => type)

describe('an address', () => {
  test('is verified by the link in a mail', async () => {
    await using world = await identityWorld()
    const { id, call } = await register(world)
    const until = String(Date.now() + 60_000)
    const token = linksOf(world).make('verify', id, until, ada.email)
    const checked = await world.anyone('POST', '/auth/links/check', { token })
    expect([code(checked), checked.body.data]).toEqual(['200 ok', { kind: 'verify' }])
    expect((await call('GET', '/users/me')).body.data.emailVerified).toBe(false)
    expect(code(await verify(world, token))).toBe('200 ok')
    expect((await call('GET', '/users/me')).body.data.emailVerified).toBe(true)
    // Following it twice has no further effect.
    expect(code(await verify(world, token))).toBe('200 ok')
    expect((await typesOf(world)).filter((type) => type === 'EmailVerified')).toHaveLength(1)
  })

  test('is not verified by a link that is expired, forged, or for another address', async () => {
    await using world = await identityWorld()
    const { id, call } = await register(world)
    const { make } = linksOf(world)
    const until = String(Date.now() + 60_000)
    const old = { token: make('verify', id, String(Date.now() - 1), ada.email) }
    expect(code(await world.anyone('POST', '/auth/links/check', old))).toBe('409 link_expired')
    expect(code(await verify(world, make('verify', id, String(Date.now() - 1), ada.email)))).toBe(
      '409 link_expired',
    )
    const other = make('verify', id, until, 'other@example.org')
    const later = make('verify', id, until, ada.email).replace(until, String(Date.now() * 2))
    for (const token of ['x', other, later, make('reset', id, until, ada.email)])
      expect(code(await verify(world, token)), token).toBe('400 invalid_request')
    expect((await call('GET', '/users/me')).body.data.emailVerified).toBe(false)
  })

  test('gets another mail, at most once a minute, and none once it is verified', async () => {
    await using world = await identityWorld()
    const { id, call } = await register(world)
    const resend = async () => (await call('POST', '/auth/email/resend')).body.data
    expect(await resend()).toEqual({ mailed: true })
    expect(await resend()).toEqual({ mailed: true })
    const asked = async () =>
      (await typesOf(world)).filter((type) => type === 'EmailVerificationRequested').length
    expect(await asked()).toBe(1)
    await verify(world, linksOf(world).make('verify', id, String(Date.now() + 60_000), ada.email))
    expect(await resend()).toEqual({ mailed: false })
  })
})

describe('a change of address', () => {
  const password = ada.password
  /** Requests it. @returns the answer, and the token of the mail */
  const wish = async (
    world: HttpWorld,
    { id, call }: Awaited<ReturnType<typeof register>>,
    email = wanted,
  ) => {
    const reply = await call('POST', '/auth/email/change', { email, password })
    const { events } = await world.log.readAll({ types: ['EmailChangeRequested'] })
    const data = events.at(-1)?.data as { requestId: string } | undefined
    return { reply, token: linksOf(world).make('change', id, data?.requestId ?? '') }
  }
  const ownerOf = async ({ deps }: HttpWorld, email: string) => {
    const { state } = await deps.executor.stateOf(address, emailIdOf(email))
    return state.status === 'free' ? 'nobody' : `${state.userId} ${state.status}`
  }

  test('takes effect when the link in the mail is followed', async () => {
    await using world = await identityWorld()
    const me = await register(world)
    const { reply, token } = await wish(world, me)
    expect(reply.status).toBe(202)
    expect((await me.call('GET', '/users/me')).body.data.email).toBe(ada.email)
    expect(code(await verify(world, token))).toBe('200 ok')
    expect((await me.call('GET', '/users/me')).body.data).toMatchObject({
      email: wanted,
      emailVerified: true,
    })
    const login = async (email: string) =>
      code(await world.anyone('POST', '/auth/login', { email, password }))
    expect(await login('Countess@example.org')).toBe('200 ok')
    expect(await ownerOf(world, wanted)).toBe(`${me.id} confirmed`)
    expect(code(await verify(world, token))).toBe('409 link_expired')
    expect(await ownerOf(world, wanted)).toBe(`${me.id} confirmed`)
  })

  test('takes effect once when the link is followed many times at once', async () => {
    await using world = await identityWorld()
    const me = await register(world)
    const { token } = await wish(world, me)
    const replies = await Promise.all(Array.from({ length: 8 }, () => verify(world, token)))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await ownerOf(world, wanted)).toBe(`${me.id} confirmed`)
    expect((await typesOf(world)).filter((type) => type === 'EmailChanged')).toHaveLength(1)
  })

  test('to an address of another user is refused, by field', async () => {
    await using world = await identityWorld()
    const me = await register(world)
    await register(world, { ...ada, email: wanted, username: 'countess' })
    const { reply } = await wish(world, me)
    expect(code(reply)).toBe('409 email_taken')
    expect(reply.body.errors[0].field).toBe('email')
    expect(code((await wish(world, me, 'ADA@example.org')).reply)).toBe('409 same_email')
    const wrong = await me.call('POST', '/auth/email/change', {
      email: 'x@example.org',
      password: 'wrong',
    })
    expect(code(wrong)).toBe('403 wrong_password')
  })

  test('of two users to the same address succeeds for the first followed link', async () => {
    await using world = await identityWorld()
    const me = await register(world)
    const { token } = await wish(world, me)
    // The claim has expired, and the owner of the address registers.
    const { executor } = world.deps
    const origin = { commandId: me.id, actorId: me.id, correlationId: me.id }
    const data = { userId: me.id as never }
    await executor.execute(address, emailIdOf(wanted), { type: 'ReleaseEmail', data }, origin)
    const other = await register(world, { ...ada, email: wanted, username: 'countess' })
    expect(code(await verify(world, token))).toBe('409 email_taken')
    expect((await me.call('GET', '/users/me')).body.data.email).toBe(ada.email)
    expect(await ownerOf(world, wanted)).toBe(`${other.id} claimed`)
  })

  test('has a limit of requests of a user', async () => {
    await using world = await identityWorld()
    const me = await register(world)
    const codes: string[] = []
    for (let n = 0; n < 6; n += 1)
      codes.push(code((await wish(world, me, `u${n}@example.org`)).reply))
    expect(codes).toEqual([...Array(5).fill('202 ok'), '429 too_many_attempts'])
  })
})
