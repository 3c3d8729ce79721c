import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../test/support/http.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld({ config: { trustProxy: true } })
})
afterAll(() => world[Symbol.asyncDispose]())

const password = 'a long password'
const home = { 'x-forwarded-for': '192.0.2.1', 'user-agent': 'a program' }

/** Signs in or up from somewhere. @returns whether that is news */
const isNews = async (path: string, name: string, headers: Record<string, string>) => {
  const who = { email: `${name}@example.org`, password }
  const body = path === 'register' ? { ...who, username: name } : who
  const { status } = await world.anyone('POST', `/auth/${path}`, body, headers)
  expect(status).toBeLessThan(300)
  const { events } = await world.log.readAll()
  const last = events.findLast(({ type }) => type === 'UserLoggedIn')
  return (last?.data as { readonly newDevice?: true } | undefined)?.newDevice === true
}

test('a program without cookies is news the first time it signs somebody in from a network', async () => {
  expect(await isNews('register', 'ada', home)).toBe(true)
  expect(await isNews('login', 'ada', home)).toBe(false)
  expect(await isNews('login', 'ada', { ...home, 'x-forwarded-for': '192.0.2.99' })).toBe(false)
  expect(await isNews('login', 'ada', { ...home, 'x-forwarded-for': '198.51.100.1' })).toBe(true)
  expect(await isNews('login', 'ada', { ...home, 'user-agent': 'another' })).toBe(true)
  expect(await isNews('login', 'ada', { ...home, 'user-agent': 'another' })).toBe(false)
  expect(await isNews('register', 'bob', home)).toBe(true)
})
