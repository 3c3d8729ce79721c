import { Type } from 'typebox'
import { derivedId, Fields } from '#kernel'
import { account, EmailAddress, Role, Username } from '../../domains/identity/index.ts'
import { Text, UserId } from '../../domains/shared/index.ts'
import { authenticate, openSession, register, type Person } from '../accounts.ts'
import { tokenCookie } from '../auth.ts'
import { Fresh } from '../lists.ts'
import { notFound } from '../problem.ts'
import type { Answer, Asked, Serve } from '../route.ts'
import type { RouteContext } from './context.ts'

/** Somebody with an account, as they are told of themselves. */
const User = Type.Object({
  userId: UserId,
  email: Type.String(),
  username: Type.String(),
  name: Type.Optional(Type.String()),
  roles: Type.Array(Role),
})

const Registering = Fields({
  email: EmailAddress,
  username: Username,
  password: Type.String({ minLength: 8, maxLength: 200 }),
  name: Type.Optional(Text(1, 255)),
})

const SigningIn = Fields({
  email: EmailAddress,
  password: Type.String({ minLength: 1, maxLength: 200 }),
})

type Signing = Pick<Asked<unknown, unknown, unknown, 'public'>, 'origin' | 'ip' | 'userAgent'>

/** Accounts, signing in, and the keys that tokens are signed with. */
export const identity = (serve: Serve, context: RouteContext): void => {
  const { executor, passwords, keys, tokens, config } = context

  const signedIn = async (
    { position, ...person }: Person & { readonly position: bigint },
    { origin, ip, userAgent }: Signing,
  ): Promise<Answer<Person>> => {
    const ports = { executor, keys, ttl: config.sessionTtl }
    const { userId: id, roles } = person
    const session = await openSession(ports, id, { ip, userAgent }, origin)
    const { sessionId, refreshToken } = session
    const accessToken = tokens.issue({ id, roles, sessionId }, origin.commandId)
    return {
      data: person,
      position,
      cookie: tokenCookie(accessToken, config),
      tokens: { accessToken, refreshToken },
    }
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
        tag: 'identity',
        body: SigningIn,
        example: { email: 'ada@example.org', password: 'a long password' },
        data: User,
        tokens: true,
        problems: [401],
        alias,
      },
      async (asked) => {
        const { email, password } = asked.body
        return signedIn(await authenticate({ executor, passwords }, email, password), asked)
      },
    )

  serve(
    {
      method: 'GET',
      url: '/users/me',
      access: 'user',
      operationId: 'me',
      summary: 'Who I am',
      tag: 'profiles',
      query: Fresh,
      data: User,
      problems: [404],
    },
    async ({ caller }) => {
      const { state, revision, position } = await executor.stateOf(account, caller.id)
      if (state.status !== 'active') throw notFound('account')
      const { email, username, name, roles } = state
      return {
        data: {
          userId: caller.id,
          email,
          username,
          ...(name !== undefined && { name }),
          roles: [...roles],
        },
        revision,
        position,
      }
    },
  )
}
