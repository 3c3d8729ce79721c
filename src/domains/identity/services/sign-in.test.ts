import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityWorld, type HttpWorld, type Reply } from '../../../../test/support/http.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await identityWorld({ config: { trustProxy: true } })
})
afterAll(() => world[Symbol.asyncDispose]())

const password = 'a long password'
const home = { 'x-forwarded-for': '192.0.2.1', 'user-agent': 'a program' }

/** Signs in or registers from an address. @returns whether it is reported */
const isNews = async (path: string, name: string, headers: Record<string, string>) => {
  const who = { email: `${name}@example.org`, password }
  const body = path === 'register' ? { ...who, username: name } : who
  const { status } = await world.anyone('POST', `/auth/${path}`, body, headers)
  expect(status).toBeLessThan(300)
  return lastIsNews()
}

const lastIsNews = async () => {
  const { events } = await world.log.readAll({ limit: 1_000 })
  const last = events.findLast(({ type }) => type === 'UserLoggedIn')
  return (last?.data as { readonly newDevice?: true } | undefined)?.newDevice === true
}

/** Returns the cookie of a device. */
const deviceOf = ({ headers }: Reply) =>
  [headers['set-cookie'] ?? []]
    .flat()
    .map(String)
    .find((one) => one.startsWith('agora_device='))
    ?.split(';')[0] ?? ''

test('a program without cookies is new at its first sign-in of a user from a network', async () => {
  // A registration is not reported.
  expect(await isNews('register', 'ada', home)).toBe(false)
  expect(await isNews('login', 'ada', home)).toBe(false)
  expect(await isNews('login', 'ada', { ...home, 'x-forwarded-for': '192.0.2.99' })).toBe(false)
  expect(await isNews('login', 'ada', { ...home, 'x-forwarded-for': '198.51.100.1' })).toBe(true)
  expect(await isNews('login', 'ada', { ...home, 'user-agent': 'another' })).toBe(true)
  expect(await isNews('login', 'ada', { ...home, 'user-agent': 'another' })).toBe(false)
  expect(await isNews('register', 'bob', home)).toBe(false)
})

test('after a change of the password only the device of the change is known', async () => {
  const eve = await world.someone('eve')
  const signIn = async (cookie: string, word: string) => {
    const body = { email: 'eve@example.org', password: word }
    const headers = { ...home, cookie, 'user-agent': randomUUID() }
    const reply = await world.anyone('POST', '/auth/login', body, headers)
    return deviceOf(reply)
  }
  const [here, there] = [await signIn('', password), await signIn('', password)]
  const change = { currentPassword: password, newPassword: 'another long password' }
  const changed = await eve.call('POST', '/auth/password/change', change, { cookie: here })
  expect(changed.status).toBe(200)
  const isNewsWith = async (cookie: string) => {
    await signIn(cookie, change.newPassword)
    return lastIsNews()
  }
  expect(await isNewsWith(deviceOf(changed))).toBe(false)
  expect(await isNewsWith(there)).toBe(true)
  expect(await isNewsWith(here)).toBe(true)
})
