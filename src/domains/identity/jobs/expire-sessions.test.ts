import { expect, test } from 'vitest'
import { identityWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { defaultHttpConfig } from '../../../edges/http/dependencies.ts'
import { sessions } from '../../../projections/index.ts'
import { expireSessions } from './expire-sessions.ts'

const signIns = 130
const day = 24 * 60 * 60_000

test.each([
  ['the same as this machine has', 0],
  ['long before that of this machine', -defaultHttpConfig.sessionTtl - day],
  ['long after that of this machine', defaultHttpConfig.sessionTtl + day],
])('sessions leave when their time is over, and not sooner, by a clock %s', async (_, skew) => {
  let now = Date.now() + skew
  await using world = await identityWorld({ clock: () => new Date(now) })
  const { readModels, anyone } = world
  await world.someone('ada')
  const signIn = { email: 'ada@example.org', password: 'a long password' }
  for (let n = 1; n < signIns; n += 1) await anyone('POST', '/auth/login', signIn)
  const expire = () => expireSessions.run(jobPorts(world))
  const there = async () => {
    await readModels.fold()
    return (await readModels.find(sessions, {})).total
  }
  expect(await there()).toBe(signIns)
  await expire()
  expect(await there()).toBe(signIns)

  now += defaultHttpConfig.sessionTtl
  await anyone('POST', '/auth/login', signIn)
  await Promise.all([expire(), expire()])
  expect(await there()).toBe(1)
  const { events } = await world.log.readAll({ limit: 10_000 })
  expect(events.filter(({ type }) => type === 'SessionExpired')).toHaveLength(signIns)
})
