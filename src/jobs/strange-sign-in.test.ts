import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../test/support/http.ts'
import { asId } from '#kernel'
import { SessionId, UserId } from '../domains/shared/index.ts'
import { strangeSignIn } from './strange-sign-in.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld({ config: { trustProxy: true } })
})
afterAll(() => world[Symbol.asyncDispose]())

const password = 'a long password'

/** What is told of the last sign-in. */
const ofTheLast = async () => {
  const { events } = await world.log.readAll()
  const last = events.findLast(({ type }) => type === 'UserLoggedIn')
  if (!last) throw new Error('Nobody has signed in')
  const { userId, newDevice } = last.data as { newDevice?: true; userId: string }
  const sessionId = asId(SessionId, last.id)
  const at = last.position
  const matter = await strangeSignIn(world.readModels, asId(UserId, userId), sessionId, at)
  return newDevice && matter
}

/** Signs in, or up, from somewhere. @returns what its user is told of that, and the device's cookie */
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

test('a sign-in is told of when neither its device is known, nor its program from its network', async () => {
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
  // What was new once is known then.
  expect((await told('ada', { ...home, userAgent: 'curl' })).matter).toBeUndefined()
  // A device that is known may travel.
  const away = { ip: '203.0.113.5', userAgent: 'Firefox 2', cookie }
  expect((await told('ada', away)).matter).toBeUndefined()
  // For others it is not known.
  await told('bob', home)
  expect((await told('bob', away)).matter).toMatchObject({ kind: 'newDevice' })
})

test('the first sign-in of all is no news to whoever has just registered', async () => {
  await world.someone('eve')
  expect(await ofTheLast()).toBeUndefined()
})
