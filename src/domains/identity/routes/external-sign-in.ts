import { Type } from 'typebox'
import { Fields } from '#kernel'
import {
  SignInDenied,
  SignInRejected,
  type ExternalPerson,
  type IdentityProvider,
} from '../../../platform/external/oauth/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { signingIn, User } from '../services/sign-in.ts'
import { accountOf, personOf } from '../services/accounts.ts'
import { isOfThisEra } from '../services/authenticator.ts'
import { account, isOfTheseCredentials, session } from '../language.ts'
import { asCalledNow } from '../../profiles/services/current-names.ts'
import { sessionEnded } from '../services/revocations.ts'
import type { SignInAttempt } from '../services/external-attempts.ts'
import { externalSignIn } from '../services/external-sign-in.ts'
import { linkExternally, signInExternally } from '../services/external-accounts.ts'
import { PathText } from '../../../serving/path-text.ts'
import { Problem, withCookies } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route, successOf } from '../../../serving/route.ts'

const Provider = Type.Object({ provider: PathText(64) })

const Beginning = Fields({
  returnTo: Type.Optional(
    Type.String({
      maxLength: 2_000,
      description:
        'Target of the browser after the sign-in: a path of this site, such as `/orders`. Default: /',
    }),
  ),
})

/** Query of the browser's return from a provider, which may add parameters. */
const Returning = Type.Object({
  state: Type.Optional(Type.String({ maxLength: 1_000 })),
  code: Type.Optional(Type.String({ maxLength: 8_000 })),
  error: Type.Optional(Type.String({ maxLength: 1_000 })),
})

const expired = () =>
  new Problem(
    400,
    'sign_in_expired',
    'This sign-in is too old, was ended before, or began in another browser; begin again.',
  )

/** Completes a sign-in at a provider; its errors are answers for the client. */
const finished = async (
  provider: IdentityProvider,
  returned: string,
  attempt: SignInAttempt,
): Promise<ExternalPerson> => {
  try {
    return await provider.finish(returned, attempt)
  } catch (error) {
    const { name } = provider
    const options = { cause: error }
    if (error instanceof SignInDenied)
      throw new Problem(
        403,
        'sign_in_denied',
        `The sign-in at ${name} was cancelled. Begin again, or sign in with a password.`,
        undefined,
        options,
      )
    if (error instanceof SignInRejected)
      throw new Problem(
        400,
        'sign_in_rejected',
        `The answer of ${name} does not belong to this sign-in, or was used before; begin again.`,
        undefined,
        options,
      )
    throw error
  }
}

/** Answer after the return; with tokens, unless the user was signed in before. */
const Returned = Type.Evaluate(
  Type.Intersect([successOf(User), Type.Partial(Type.Pick(successOf(User, true), ['tokens']))]),
)

/** Adds an identity to the account that requested it, unless the session of the request has ended. */
const linked = async (
  executor: Executor,
  { userId, sessionId, credentials }: NonNullable<SignInAttempt['link']>,
  provider: string,
  person: ExternalPerson,
  origin: Origin,
) => {
  const [{ state: opened }, owner] = await Promise.all([
    executor.stateOf(session, sessionId),
    accountOf(executor, userId),
  ])
  const isOpen = opened.status === 'open' && opened.userId === userId
  if (!isOpen || !owner || !isOfThisEra(owner.state, { era: opened.era, sessionId }))
    throw sessionEnded()
  // Checked before the identity is claimed; the account decides.
  if (!isOfTheseCredentials(owner.state, { credentials }))
    throw refusalProblem(account, { refused: 'CredentialsChanged' })
  const who = { ...origin, actorId: userId }
  const position = await linkExternally(executor, { userId, credentials }, provider, person, who)
  const { era: _, credentials: __, ...data } = personOf(userId, owner.state)
  return { data: await asCalledNow(executor, data), position }
}

/**
 * Routes of the sign-in at identity providers. The browser is redirected there and returns; then it is redirected to a page
 * of this site with cookies, or a program gets tokens.
 */
export const externalSignInRoutes = [
  route({
    method: 'GET',
    url: '/auth/oauth/:provider',
    access: 'public',
    operationId: 'beginOAuth',
    summary: 'Sign in at an identity provider',
    description:
      'Redirects the browser there. It returns to `/auth/oauth/{provider}/callback`, which must be allowed at the provider.',
    params: Provider,
    query: Beginning,
    visited: true,
    data: Type.Null(),
    bare: true,
    status: 302,
    problems: [404],
    handle: async ({ params, query: { returnTo = '/' } }, ports) => {
      const { begin, providerOf } = externalSignIn(ports)
      const { url, cookie } = await begin(providerOf(params.provider), { returnTo })
      return { data: null, redirect: url, cookies: [cookie] }
    },
  }),

  route({
    method: 'GET',
    url: '/auth/oauth/:provider/callback',
    access: 'public',
    operationId: 'finishOAuth',
    summary: 'Return from an identity provider',
    description:
      'A new user gets an account, if the provider has verified the e-mail address. Requests that accept HTML are redirected (302) to the requested page, with cookies; others get tokens. A signed-in user who links an identity gets no tokens.',
    params: Provider,
    query: Returning,
    visited: true,
    data: User,
    success: Returned,
    problems: [401, 403, 404, 409],
    handle: async (asked, ports) => {
      const { params, search, wantsPage, origin } = asked
      const { executor, passwords } = ports
      const { forget, providerOf, read, redirectUriOf } = externalSignIn(ports)
      const provider = providerOf(params.provider)
      const redirectUri = redirectUriOf(provider)
      const attempt = read(asked.cookie, redirectUri)
      const over = forget(redirectUri)
      try {
        if (!attempt) throw expired()
        const person = await finished(provider, `${redirectUri}${search}`, attempt)
        const next = wantsPage ? { redirect: attempt.returnTo } : {}
        if (attempt.link) {
          const answer = await linked(executor, attempt.link, provider.name, person, origin)
          return { ...answer, ...next, cookies: [over] }
        }
        const theirs = await signInExternally(
          { executor, passwords },
          provider.name,
          person,
          origin,
        )
        const answer = await signingIn(ports).signedIn(theirs, {
          origin: { ...origin, actorId: theirs.userId },
          ip: asked.ip,
          userAgent: asked.userAgent,
          cookie: asked.cookie,
        })
        return { ...answer, ...next, cookies: [over, ...(answer.cookies ?? [])] }
      } catch (error) {
        throw withCookies(error, [over])
      }
    },
  }),
]
