import { derivedId, derivedUuid, Fields } from '#kernel'
import {
  account,
  emailIdOf,
  isReservedUsername,
  TypedAddress,
  Username,
  type EmailId,
} from '../language.ts'
import { Name, UserId } from '../../shared/index.ts'
import { accountBy, prove, register, type Found } from '../services/accounts.ts'
import { deviceCookieName } from '../../../serving/cookies.ts'
import { devicesOf } from '../services/devices.ts'
import { reservedName } from '../../profiles/services/profile-changes.ts'
import { mustBeHardToGuess } from '../services/chosen-passwords.ts'
import { signingIn, User } from '../services/sign-in.ts'
import { isWorthNoting, lockout, type Attempt } from '../services/lockout.ts'
import { Problem } from '../../../serving/problem.ts'
import { route, type Asked } from '../../../serving/route.ts'
import { Password } from './passwords.ts'
import { Type } from 'typebox'
import type { Ports } from '../../../serving/ports.ts'

const Registering = Fields({
  email: TypedAddress,
  username: Username,
  password: Password,
  name: Type.Optional(Name(1, 255)),
})

const SigningIn = Fields({
  email: TypedAddress,
  password: Type.String({ minLength: 1, maxLength: 200 }),
})

/** Properties of a request besides its body. */
type Asking = Pick<Asked<unknown, unknown, unknown, 'public'>, 'origin' | 'ip'>

/** Records some failures, in the background: the duration of an answer must not show whether the account exists. */
const noteFailure = (
  { executor, logger }: Pick<Ports, 'executor' | 'logger'>,
  { userId }: Found,
  failures: number,
  { origin, ip }: Asking,
): void => {
  // Without `onRecorded`: the answer does not wait for this command, and so must not depend on it.
  const { onRecorded: _, ...quiet } = origin
  executor
    .execute(
      account,
      userId,
      { type: 'RecordFailedLogin', data: { failures, ip: ip.slice(0, 64) } },
      { ...quiet, commandId: derivedUuid(origin.commandId, 'failed') },
    )
    .catch((error: unknown) => logger.warn({ err: error }, 'A failed sign-in was not recorded'))
}

/** Routes of registration and sign-in. */
export const registrationRoutes = [
  route({
    method: 'POST',
    url: '/auth/register',
    aliases: ['/users/signup'],
    access: 'public',
    operationId: 'register',
    rpcs: [{ name: 'agora.auth.v1.AuthService/Register' }],
    summary: 'Open an account and sign in',
    body: Registering,
    example: {
      email: 'ada@example.org',
      username: 'ada',
      password: 'a long password',
      name: 'Ada',
    },
    data: User,
    status: 201,
    tokens: true,
    handle: async (asked, ports) => {
      const { executor, passwords } = ports
      const { body, origin } = asked
      if (isReservedUsername(body.username)) throw reservedName()
      mustBeHardToGuess('password', body.password, [body.email, body.username, body.name])
      const userId = derivedId(UserId, origin.commandId, 'user')
      const who = { ...origin, actorId: userId }
      return signingIn(ports).signedIn(
        await register({ executor, passwords }, userId, { ...body, roles: ['buyer'] }, who),
        asked,
      )
    },
  }),

  route({
    method: 'POST',
    url: '/auth/login',
    aliases: ['/users/login'],
    access: 'public',
    operationId: 'login',
    rpcs: [{ name: 'agora.auth.v1.AuthService/Login' }],
    summary: 'Sign in',
    description:
      'Repeated wrong passwords are delayed longer each time (`Retry-After`); a device that the user has signed in on before is not delayed by attempts from elsewhere.',
    body: SigningIn,
    example: { email: 'ada@example.org', password: 'a long password' },
    data: User,
    tokens: true,
    problems: [401, 403],
    handle: async (asked, ports) => {
      const { executor, passwords } = ports
      const { enter, succeeded } = lockout(ports.counters)
      const { body, ip, cookie } = asked
      const subject: EmailId = emailIdOf(body.email)
      const found = await accountBy(executor, body.email)
      const device =
        found &&
        devicesOf(ports).idOf(cookie(deviceCookieName), {
          userId: found.userId,
          era: found.state.era,
        })
      const attempt: Attempt = { subject, ip, device }
      const failures = await enter(attempt)
      try {
        const person = await prove(passwords, found, body.password)
        await succeeded(attempt)
        return await signingIn(ports).signedIn(person, asked)
      } catch (error) {
        const isWrong = error instanceof Problem && error.code === 'invalid_credentials'
        if (found && isWrong && isWorthNoting(failures)) noteFailure(ports, found, failures, asked)
        throw error
      }
    },
  }),
]
