import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asId } from '#kernel'
import {
  identityWorld,
  type Call,
  type HttpWorld,
  type Reply,
} from '../../../../test/support/http.ts'
import { testProvider, type TestProvider } from '../../../../test/support/identity-provider.ts'
import { account } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { letterFor, type Matter } from '../jobs/account-letters.ts'
import { accountLinks } from '../../../platform/security/account-links.ts'
import { deviceCookieName } from '../../../serving/cookies.ts'
import { devices } from './devices.ts'

let acme: TestProvider
beforeAll(async () => {
  acme = await testProvider('a client secret')
})
afterAll(() => acme[Symbol.asyncDispose]())

const password = 'a long password'
const code = ({ status, body }: Reply): string => `${status} ${body?.code ?? 'ok'}`
const cookiesOf = ({ headers }: Reply): string[] =>
  [headers['set-cookie'] ?? []].flat().map((cookie) => String(cookie).split(';')[0] ?? '')
const bearer =
  ({ anyone }: HttpWorld, { body }: Reply): Call =>
  (method, path, sent, headers = {}) =>
    anyone(method, path, sent, { authorization: `Bearer ${body.tokens.accessToken}`, ...headers })

/** Ada with two sessions: her own, and one of a person who knows her password. */
type Scene = {
  readonly world: HttpWorld
  readonly id: UserId
  readonly here: Call
  readonly there: Call
  /** Answer to the other person's sign-in. */
  readonly opened: Reply
}

const stateOf = async ({ world, id }: Scene) => {
  const { state } = await world.deps.executor.stateOf(account, id)
  if (state.status === 'new') throw new Error('There is no account')
  return state
}

/** Returns the token in the mail that contains a text. */
const mailed = async (scene: Scene, matter: Matter): Promise<string> => {
  const links = accountLinks(scene.world.deps.keys.secretFor('account-links'))
  const addressee = { userId: scene.id, ...(await stateOf(scene)) }
  const { text = '' } = letterFor(matter, addressee, links, 'http://localhost') ?? {}
  return decodeURIComponent(/token=(\S+)/.exec(text)?.[1] ?? '')
}

const requestOf = async ({ world }: Scene, type: string): Promise<string> => {
  const { events } = await world.log.readAll({ types: [type] })
  const { requestId = '' } = (events.at(-1)?.data ?? {}) as { requestId?: string }
  return requestId
}

const execute = ({ world, id }: Scene, command: Parameters<typeof send>[2]) =>
  send(world, id, command)
const send = (
  { deps }: HttpWorld,
  id: UserId,
  command:
    | { type: 'SuspendAccount'; data: { reason: string } }
    | { type: 'ResumeAccount'; data: Record<string, never> },
) => {
  const commandId = randomUUID()
  return deps.executor.execute(account, id, command, {
    commandId,
    actorId: 'test',
    correlationId: commandId,
  })
}

/** Starts to link an identity. @returns function that completes it */
const startLink = async (world: HttpWorld, call: Call, sub: string, body: object) => {
  acme.isUsedBy({ sub, email: `${sub}@example.net` })
  const begun = await call('POST', '/auth/oauth/acme/link', body)
  if (begun.status !== 200) return async () => begun
  const { pathname, search } = new URL(await acme.visit(String(begun.body.data.url)))
  const cookie = cookiesOf(begun)[0] ?? ''
  return () => world.anyone('GET', `${pathname}${search}`, undefined, { cookie })
}

const resetLink = async (scene: Scene) => {
  await scene.world.anyone('POST', '/auth/password/forgot', { email: 'ada@example.org' })
  const requestId = await requestOf(scene, 'PasswordResetRequested')
  const token = await mailed(scene, { kind: 'reset', requestId })
  return (fresh: string) =>
    scene.world.anyone('POST', '/auth/password/reset', { token, password: fresh })
}

const changeLink = async (scene: Scene, call: Call, email: string) => {
  const asked = await call('POST', '/auth/email/change', { email, password })
  if (asked.status !== 202) throw new Error(asked.text)
  const requestId = await requestOf(scene, 'EmailChangeRequested')
  const token = await mailed(scene, { kind: 'change', requestId })
  return () => scene.world.anyone('POST', '/auth/email/verify', { token })
}

/** Requests that a person can start with the credentials of an account, and their completion. */
const begun: Record<string, (scene: Scene) => Promise<() => Promise<string>>> = {
  'a link that sets a password': async (scene) => {
    const follow = await resetLink(scene)
    return async () => code(await follow('the password of a thief'))
  },
  'a link that changes the address': async (scene) => {
    const follow = await changeLink(scene, scene.there, 'thief@example.net')
    return async () => code(await follow())
  },
  'a link that verifies the address': async (scene) => {
    const token = await mailed(scene, { kind: 'verify', until: Date.now() + 60_000 })
    return async () => code(await scene.world.anyone('POST', '/auth/email/verify', { token }))
  },
  'an attempt to link an identity': async ({ world, there }) => {
    const comeBack = await startLink(world, there, 'thief', { password })
    return async () => code(await comeBack())
  },
  'a refresh token': async ({ world, opened }) => {
    const { refreshToken } = opened.body.tokens
    return async () => code(await world.anyone('POST', '/auth/refresh', { refreshToken }))
  },
  'an access token': async ({ world, there }) => {
    const credentials = { email: 'eve@example.org', username: 'eve', password }
    const eve = bearer(world, await world.anyone('POST', '/auth/register', credentials))
    return async () => {
      // Revocations are followed in order: once this session is over, so is each that ended before it.
      await must(eve('POST', '/auth/logout'))
      await expect.poll(async () => code(await eve('GET', '/users/me'))).toBe('401 session_ended')
      return code(await there('GET', '/users/me'))
    }
  },
  'a known device': async (scene) => {
    const cookie = cookiesOf(scene.opened).find((one) => one.startsWith(`${deviceCookieName}=`))
    const { idOf } = devices(scene.world.deps.keys)
    return async () => {
      const { era } = await stateOf(scene)
      const known = idOf(cookie?.slice(deviceCookieName.length + 1), { userId: scene.id, era })
      return known === undefined ? 'unknown' : 'known'
    }
  },
}

const must = async (reply: Promise<Reply>): Promise<void> => {
  const answer = await reply
  if (answer.status >= 300) throw new Error(answer.text)
}

/** Actions of the owner after that. */
const ending: Record<string, (scene: Scene) => Promise<void>> = {
  'the password was changed': ({ here }) =>
    must(
      here('POST', '/auth/password/change', {
        currentPassword: password,
        newPassword: 'another long password',
      }),
    ),
  'the password was reset': async (scene) => {
    // The previous mail, if any, was sent a moment ago.
    const follow = await resetLink(scene)
    await must(follow('another long password'))
  },
  'the address was changed': async (scene) => {
    const follow = await changeLink(scene, scene.here, 'countess@example.org')
    await must(follow())
  },
  'an identity was linked': async ({ world, here }) => {
    const comeBack = await startLink(world, here, 'ada', { password })
    await must(comeBack())
  },
  'an identity was unlinked': ({ here }) => must(here('DELETE', '/auth/oauth/acme')),
  'the account was suspended for a while': async (scene) => {
    await execute(scene, { type: 'SuspendAccount', data: { reason: 'a look' } })
    await execute(scene, { type: 'ResumeAccount', data: {} })
  },
  'its session was ended from elsewhere': ({ here, opened }) =>
    must(here('DELETE', `/auth/sessions/${sessionOf(opened)}`)),
}

const sessionOf = ({ body }: Reply): string => {
  const [, claims = ''] = String(body.tokens.accessToken).split('.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString()).sid
}

const expired = '409 link_expired'
const over = '401 session_ended'

/** Expected answer by action; otherwise that of the kind. */
const expected: Record<string, Record<string, string>> = {
  'a link that sets a password': {
    '': expired,
    // The second mail, a moment later, is the same request: its link was used.
    'the password was reset': expired,
    // It is not started in a session.
    'its session was ended from elsewhere': '200 ok',
  },
  'a link that changes the address': { '': expired },
  'a link that verifies the address': {
    '': expired,
    'its session was ended from elsewhere': '200 ok',
  },
  'an attempt to link an identity': {
    '': over,
    // The session stays valid: no credential was removed.
    'an identity was linked': '409 credentials_changed',
  },
  'a refresh token': { '': over, 'an identity was linked': '200 ok' },
  'an access token': { '': over, 'an identity was linked': '200 ok' },
  'a known device': {
    '': 'unknown',
    'an identity was linked': 'known',
    'its session was ended from elsewhere': 'known',
  },
}

const rows = Object.keys(begun).flatMap((what) =>
  Object.keys(ending).map((how) => ({
    what,
    how,
    answer: expected[what]?.[how] ?? expected[what]?.[''],
  })),
)

const sceneOf = async (world: HttpWorld): Promise<Scene> => {
  const who = { email: 'ada@example.org', password }
  const registered = await world.anyone('POST', '/auth/register', { ...who, username: 'ada' })
  const opened = await world.anyone('POST', '/auth/login', who)
  return {
    world,
    id: asId(UserId, String(registered.body.data.userId)),
    here: bearer(world, registered),
    there: bearer(world, opened),
    opened,
  }
}

describe('a request that was started with old credentials', () => {
  test.each(rows)('$what: after $how, $answer', async ({ what, how, answer }) => {
    await using world = await identityWorld({ identityProviders: [acme.provider] })
    const scene = await sceneOf(world)
    if (how === 'an identity was unlinked') await ending['an identity was linked']?.(scene)
    const goOn = (await begun[what]?.(scene)) ?? (async () => 'nothing')
    await ending[how]?.(scene)
    expect(await goOn()).toBe(answer)
  })
})

describe('a recent sign-in of a user without a password', () => {
  const recent = async (world: HttpWorld) => {
    acme.isUsedBy({ sub: 'bob', email: 'bob@example.org', email_verified: true })
    const begin = await world.anyone('GET', '/auth/oauth/acme')
    const { pathname, search } = new URL(await acme.visit(String(begin.headers.location)))
    const cookie = cookiesOf(begin)[0] ?? ''
    const reply = await world.anyone('GET', `${pathname}${search}`, undefined, { cookie })
    return bearer(world, reply)
  }

  test('permits one change of credentials only', async () => {
    await using world = await identityWorld({ identityProviders: [acme.provider] })
    const call = await recent(world)
    const [first, second] = [
      await startLink(world, call, 'second', {}),
      await startLink(world, call, 'third', {}),
    ]
    expect(code(await first())).toBe('200 ok')
    expect(code(await second())).toBe('409 credentials_changed')
    expect(code(await (await startLink(world, call, 'third', {}))())).toBe('403 sign_in_again')
    const again = await recent(world)
    expect(code(await (await startLink(world, again, 'third', {}))())).toBe('200 ok')
  })
})
