import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { identityWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { asId } from '#kernel'
import { newId } from '#kernel/testing'
import { account, session } from '../language.ts'
import { SessionId, UserId } from '../../shared/index.ts'
import { expireSessions } from './expire-sessions.ts'
import { strangeSignIn } from './strange-sign-in.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await identityWorld({ config: { trustProxy: true } })
})
afterEach(() => void vi.useRealTimers())
afterAll(() => world[Symbol.asyncDispose]())

const password = 'a long password'

/** Mail about the last sign-in. */
const ofTheLast = async () => {
  const { events } = await world.log.readAll({ limit: 10_000 })
  const last = events.findLast(({ type }) => type === 'UserLoggedIn')
  if (!last) throw new Error('Nobody has signed in')
  const { userId, newDevice } = last.data as { newDevice?: true; userId: string }
  const sessionId = asId(SessionId, last.id)
  const at = last.position
  const matter = await strangeSignIn(world.readModels, asId(UserId, userId), sessionId, at)
  return newDevice && matter
}

/** Signs in or registers from an address. @returns the mail about it, and the device's cookie */
const told = async (
  name: string,
  from: { readonly ip: string; readonly userAgent: string; readonly cookie?: string },
) => {
  const email = `${name}@example.org`
  const headers = {
    'x-forwarded-for': from.ip,
    'user-agent': from.userAgent,
    ...(from.cookie && { cookie: from.cookie }),
  }
  const signUp = { email, username: name, password }
  await world.anyone('POST', '/auth/register', signUp, headers)
  const reply = await world.anyone('POST', '/auth/login', { email, password }, headers)
  const cookies = [reply.headers['set-cookie'] ?? []].flat().map(String)
  return {
    matter: await ofTheLast(),
    cookie: cookies.find((one) => one.startsWith('agora_device='))?.split(';')[0] ?? '',
  }
}

const home = { ip: '192.0.2.1', userAgent: 'Firefox' }

/** Runs the sagas and jobs. */
const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** Who signed in last, and where that is in the log. */
const lastSignIn = async () => {
  const { events } = await world.log.readAll({ limit: 10_000 })
  const last = events.findLast(({ type }) => type === 'UserLoggedIn')
  if (!last) throw new Error('Nobody has signed in')
  const { userId } = last.data as { userId: string }
  return {
    userId: asId(UserId, userId),
    sessionId: asId(SessionId, last.id),
    position: last.position,
  }
}

type From = { readonly ip: string; readonly userAgent: string }

/** Opens a session in the present era of somebody's account. */
const signIn = async (userId: UserId, from: From) => {
  const { executor } = world.deps
  const { state } = await executor.stateOf(account, userId)
  const era = state.status === 'new' ? 0 : state.era
  const expiresAt = new Date(Date.now() + 60_000).toISOString()
  const data = { userId, refreshHash: 'hash', expiresAt, ...from, ...(era > 0 && { era }) }
  await executor.execute(session, newId(SessionId), { type: 'OpenSession', data }, origin())
}

/** Mail about one more sign-in. */
const seenAgain = async (userId: UserId, from: From) => {
  await signIn(userId, from)
  const { sessionId, position } = await lastSignIn()
  return strangeSignIn(world.readModels, userId, sessionId, position)
}

test('a sign-in is reported when neither its device nor its program and network are known', async () => {
  const { matter, cookie } = await told('ada', home)
  expect(matter).toBeUndefined()
  expect((await told('ada', { ...home, ip: '192.0.2.99' })).matter).toBeUndefined()
  expect((await told('ada', { ...home, ip: '198.51.100.1' })).matter).toMatchObject({
    kind: 'newDevice',
    place: '198.51.100.1',
  })
  expect((await told('ada', { ...home, userAgent: 'curl' })).matter).toMatchObject({
    kind: 'newDevice',
  })
  // After the first time it is known.
  expect((await told('ada', { ...home, userAgent: 'curl' })).matter).toBeUndefined()
  // A known device may use another network.
  const away = { ip: '203.0.113.5', userAgent: 'Firefox 2', cookie }
  expect((await told('ada', away)).matter).toBeUndefined()
  // It is not known for other users.
  await told('bob', home)
  expect((await told('bob', away)).matter).toMatchObject({ kind: 'newDevice' })
})

test('the first sign-in after a registration is not reported', async () => {
  await world.someone('eve')
  expect(await ofTheLast()).toBeUndefined()
})

test('a sign-in after all sessions have expired is reported from every network', async () => {
  await told('dora', home)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 24 * 60 * 60_000 })
  await world.readModels.fold()
  await expireSessions.run(jobPorts(world))
  const headers = { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'wget' }
  const reply = await world.anyone(
    'POST',
    '/auth/login',
    { email: 'dora@example.org', password },
    headers,
  )
  expect(reply.status).toBe(200)
  expect(await ofTheLast()).toMatchObject({ kind: 'newDevice' })
})

test('sessions from before a change of the password, and revoked ones, do not make a sign-in known', async () => {
  const { executor } = world.deps
  await told('fred', home)
  const away = { ip: '198.51.100.1', userAgent: 'curl' }
  const there = { ip: '203.0.113.9', userAgent: 'wget' }
  await told('fred', away)
  await told('fred', there)
  const { userId, sessionId } = await lastSignIn()
  const revoke = { type: 'RevokeSession', data: { reason: 'lost' } } as const
  await executor.execute(session, sessionId, revoke, origin())
  expect(await seenAgain(userId, there)).toBeDefined()
  expect(await seenAgain(userId, away)).toBeUndefined()
  const passwordHash = await world.deps.passwords.hash('another long password')
  await executor.execute(account, userId, { type: 'SetPassword', data: { passwordHash } }, origin())
  expect(await seenAgain(userId, away)).toBeDefined()
})

test('many later sign-ins do not make a sign-in known', async () => {
  await told('greg', home)
  const { userId } = await lastSignIn()
  const away = { ip: '203.0.113.9', userAgent: 'wget' }
  await signIn(userId, away)
  const { sessionId } = await lastSignIn()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_000 })
  for (let n = 0; n < 101; n += 1) await signIn(userId, home)
  const { position } = await lastSignIn()
  const matter = await strangeSignIn(world.readModels, userId, sessionId, position)
  expect(matter).toMatchObject({ kind: 'newDevice', place: away.ip })
})
