import { derivedId, derivedUuid, Fields } from '#kernel'
import {
  account,
  EmailAddress,
  emailIdOf,
  Username,
  type EmailId,
} from '../language.ts'
import { Name, UserId } from '../../shared/index.ts'
import { accountBy, prove, register, type Found } from '../services/accounts.ts'
import { deviceCookieName } from '../../../serving/cookies.ts'
import { devices } from '../services/devices.ts'
import { mustBeHardToGuess } from '../services/chosen-passwords.ts'
import { answering, User } from '../services/sign-in.ts'
import { isWorthNoting, lockout, type Attempt } from '../services/lockout.ts'
import { Problem } from '../../../serving/problem.ts'
import type { Asked } from '../../../serving/route.ts'
import type { Serve } from '../../../http/routes-of.ts'
import type { RouteContext } from '../../../http/routes/context.ts'
import { Password } from './passwords.ts'
import { Type } from 'typebox'

const Registering = Fields({
  email: EmailAddress,
  username: Username,
  password: Password,
  name: Type.Optional(Name(1, 255)),
})

const SigningIn = Fields({
  email: EmailAddress,
  password: Type.String({ minLength: 1, maxLength: 200 }),
})

/** Accounts, and signing in. */
export const identity = (serve: Serve, context: RouteContext): void => {
  const { executor, passwords, counters, keys, logger } = context
  const { signedIn } = answering(context)
  const { idOf } = devices(keys)
  const { enter, succeeded } = lockout(counters)

  /** Notes some of the failures. Nobody waits for it: the time an answer takes must not tell whether there is an account. */
  const noteFailure = (
    { userId }: Found,
    failures: number,
    { origin, ip }: Pick<Asked<unknown, unknown, unknown, 'public'>, 'origin' | 'ip'>,
  ): void => {
    // The answer does not wait for it, and so must not depend on it.
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

  // The literal paths of the sources are served as well.
  for (const [url, alias] of [
    ['/auth/register', false],
    ['/users/signup', true],
  ] as const)
    serve(
      {
        method: 'POST',
        url,
        access: 'public',
        operationId: 'register',
        summary: 'Open an account and sign in',
        tag: 'identity',
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
        alias,
      },
      async (asked) => {
        const { body, origin } = asked
        mustBeHardToGuess('password', body.password, [body.email, body.username, body.name])
        const userId = derivedId(UserId, origin.commandId, 'user')
        const who = { ...origin, actorId: userId }
        return signedIn(
          await register({ executor, passwords }, userId, { ...body, roles: ['buyer'] }, who),
          asked,
        )
      },
    )

  for (const [url, alias] of [
    ['/auth/login', false],
    ['/users/login', true],
  ] as const)
    serve(
      {
        method: 'POST',
        url,
        access: 'public',
        operationId: 'login',
        summary: 'Sign in',
        description:
          'Who gives wrong passwords again and again has to wait longer each time (`Retry-After`); a device where one has signed in before does not wait for what others try.',
        tag: 'identity',
        body: SigningIn,
        example: { email: 'ada@example.org', password: 'a long password' },
        data: User,
        tokens: true,
        problems: [401, 403],
        alias,
      },
      async (asked) => {
        const { body, ip, cookie } = asked
        const subject: EmailId = emailIdOf(body.email)
        const found = await accountBy(executor, body.email)
        const device =
          found && idOf(cookie(deviceCookieName), { userId: found.userId, era: found.state.era })
        const attempt: Attempt = { subject, ip, device }
        const failures = await enter(attempt)
        try {
          const person = await prove(passwords, found, body.password)
          await succeeded(attempt)
          return await signedIn(person, asked)
        } catch (error) {
          const isWrong = error instanceof Problem && error.code === 'invalid_credentials'
          if (found && isWrong && isWorthNoting(failures)) noteFailure(found, failures, asked)
          throw error
        }
      },
    )
}
