import { pino } from 'pino'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type App } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { agoraHere, usual, type AgoraHere } from '../support/agora.ts'
import type { Reply } from '../support/http.ts'
import { mailTo as mailIn, tokenIn } from '../support/outbox.ts'
import { callAt, shopAt, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'

// Either process may write the mails.
const site = { PUBLIC_URL: 'https://shop.example/' }
let agora: AgoraHere
let shop: Shop
/** Another process of the same Agora. */
let other: App
beforeAll(async () => {
  agora = await agoraHere(site)
  shop = agora.shop
  other = await startApp(readConfig({ ...usual, ...site, AGORA_DATA: agora.data }), {
    postgresUrl: agora.postgresUrl,
    logger: pino({ level: 'silent' }),
  })
})
afterAll(async () => {
  await other[Symbol.asyncDispose]()
  await agora[Symbol.asyncDispose]()
})

const code = ({ status, body }: Reply): string => `${status} ${body.code ?? 'ok'}`

const mailTo = (email: string, subject: string) => mailIn(agora.data, email, subject)

describe('the life of an account', () => {
  test('its address is verified, its password forgotten and its address changed, all by mail', async () => {
    const ada = await shop.register('ada')
    const verify = tokenIn(await mailTo(ada.email, 'Is this your e-mail address?'), 'verify')
    expect(code(await shop.anyone('POST', '/auth/email/verify', { token: verify }))).toBe('200 ok')
    expect((await ada.call('GET', '/users/me')).body.data.emailVerified).toBe(true)

    expect((await shop.anyone('POST', '/auth/password/forgot', { email: ada.email })).status).toBe(
      202,
    )
    const reset = tokenIn(await mailTo(ada.email, 'Set a new password'), 'reset')
    const password = 'another long password'
    expect(
      code(await shop.anyone('POST', '/auth/password/reset', { token: reset, password })),
    ).toBe('200 ok')
    await mailTo(ada.email, 'Your password was changed')
    await until(
      async () => code(await callAt(other.url, ada.token)('GET', '/users/me')),
      (answer) => answer === '401 session_ended',
    )

    const again = await shop.signIn({ email: ada.email, password })
    const email = 'countess@example.org'
    expect((await again.call('POST', '/auth/email/change', { email, password })).status).toBe(202)
    const change = tokenIn(await mailTo(email, 'Is this your new e-mail address?'), 'verify')
    expect(code(await shop.anyone('POST', '/auth/email/verify', { token: change }))).toBe('200 ok')
    await mailTo(ada.email, 'Your e-mail address was changed')
    expect((await shop.signIn({ email, password })).id).toBe(ada.id)

    // The old address can be registered once the saga has released it.
    await until(
      async () =>
        (
          await shop.anyone('POST', '/auth/register', {
            email: ada.email,
            username: `u${Date.now()}`,
            password,
          })
        ).status,
      (status) => status === 201,
    )

    const { call } = await shop.admin()
    const { text } = await call('GET', '/analytics/events?limit=100')
    for (const secret of [verify, reset, change]) {
      expect(secret.length).toBeGreaterThan(50)
      expect(text).not.toContain(secret.split('.').at(-1))
    }
  })

  test('a sign-in from a new device and a reused refresh token are reported by mail', async () => {
    const { email, password } = await shop.register()
    const strange = { 'user-agent': 'somebody else' }
    const { body } = await shop.anyone('POST', '/auth/login', { email, password }, strange)
    const mail = await mailTo(email, 'A new sign-in to your account')
    expect(mail).toContain('from the address 127.0.0.1')
    expect(mail).not.toContain('somebody else')

    const refresh = (refreshToken: string) => shop.anyone('POST', '/auth/refresh', { refreshToken })
    const stolen: string = body.tokens.refreshToken
    const next = await refresh(stolen)
    await refresh(next.body.tokens.refreshToken)
    expect(code(await refresh(stolen))).toBe('401 refresh_token_reused')
    await mailTo(email, 'One of your sessions was ended')
  })

  test('a revoked session ends in every process, with its sockets', async () => {
    const bob = await shop.register()
    const there = callAt(other.url, bob.token)
    expect((await there('GET', '/users/me')).status).toBe(200)
    const socket = io(`${other.url}/orders`, { auth: { token: bob.token }, forceNew: true })
    const ended = new Promise((resolve) => socket.once('disconnect', resolve))
    await until(
      () => socket.connected,
      (connected) => connected,
    )
    await bob.call('POST', '/auth/logout')
    expect(await ended).toBe('io server disconnect')
    await until(
      async () => code(await there('GET', '/users/me')),
      (answer) => answer === '401 session_ended',
    )
    socket.disconnect()
  })

  test('a suspended user is signed out in every process, and can sign in once reinstated', async () => {
    const eve = await shop.register()
    const elsewhere = await shopAt(other.url).signIn(eve)
    const { call } = await shop.admin()
    await call('PATCH', `/admin/users/${eve.id}`, { suspended: true, reason: 'spam' })
    for (const person of [eve, elsewhere])
      await until(
        async () => code(await person.call('GET', '/users/me')),
        (answer) => answer === '401 session_ended',
      )
    await call('PATCH', `/admin/users/${eve.id}`, { suspended: false })
    expect((await shop.signIn(eve)).id).toBe(eve.id)
  })
})

test('none of these requests logged an error', () => {
  expect(agora.written).toEqual([])
})
