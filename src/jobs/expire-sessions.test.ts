import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { httpWorld, type HttpWorld } from '../../test/support/http.ts'
import { defaultHttpConfig } from '../http/dependencies.ts'
import { sessions } from '../projections/index.ts'
import { expireSessions } from './expire-sessions.ts'

let world: HttpWorld
beforeEach(async () => {
  world = await httpWorld()
  return () => world[Symbol.asyncDispose]()
})
afterEach(() => void vi.useRealTimers())

const signIns = 130

test('sessions leave when their time is over, and not sooner', async () => {
  const { readModels, deps, anyone } = world
  await world.someone('ada')
  const signIn = { email: 'ada@example.org', password: 'a long password' }
  for (let n = 1; n < signIns; n += 1) await anyone('POST', '/auth/login', signIn)
  const expire = expireSessions(readModels, deps.executor)
  const there = async () => {
    await readModels.fold()
    return (await readModels.find(sessions, {})).total
  }
  expect(await there()).toBe(signIns)
  await expire()
  expect(await there()).toBe(signIns)

  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + defaultHttpConfig.sessionTtl })
  await anyone('POST', '/auth/login', signIn)
  await Promise.all([expire(), expire()])
  expect(await there()).toBe(1)
  const { events } = await world.log.readAll({ limit: 10_000 })
  expect(events.filter(({ type }) => type === 'SessionExpired')).toHaveLength(signIns)
})
