import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import {
  SignInDenied,
  SignInRejected,
  type ExternalPerson,
  type IdentityProvider,
} from '../../platform/oauth/port.ts'
import type { Origin } from '../../platform/runtime/execution.ts'
import { cookieIn } from '../../platform/cookies.ts'
import { answering, User } from '../accounts/sign-in.ts'
import { accountOf, personOf } from '../accounts/accounts.ts'
import { isOfThisEra } from '../callers/people.ts'
import { account, isOfTheseCredentials, session } from '../../domains/identity/index.ts'
import { asCalledNow } from '../people.ts'
import { sessionEnded } from '../callers/revocations.ts'
import { oauthLinks } from './oauth-links.ts'
import { attempts, type KeptAttempt } from '../accounts/oauth-attempt.ts'
import { linkExternally, signInExternally } from '../accounts/oauth.ts'
import { ownPath } from '../callers/own-path.ts'
import { PathText } from '../path-text.ts'
import { notFound, Problem } from '../problem.ts'
import { refusalProblem } from '../refusals.ts'
import { successOf } from '../route.ts'
import { routesOf } from '../routes-of.ts'
import type { RouteContext } from './context.ts'

const Provider = Type.Object({ provider: PathText(64) })

const Beginning = Fields({
  returnTo: Type.Optional(
    Type.String({
      maxLength: 2_000,
      description:
        'Where a browser goes when they are signed in: a path of this site, `/orders`. Default: /',
    }),
  ),
})

/** What a provider sends a browser back with; it may add what it likes. */
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

/** Ends a sign-in at a provider, in words for a client. */
const finished = async (
  provider: IdentityProvider,
  returned: string,
  attempt: KeptAttempt,
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
        `Signing in at ${name} was called off. Begin again, or sign in with a password.`,
        undefined,
        options,
      )
    if (error instanceof SignInRejected)
      throw new Problem(
        400,
        'sign_in_rejected',
        `What ${name} sent back does not belong to this sign-in, or was used before; begin again.`,
        undefined,
        options,
      )
    throw error
  }
}

/** Somebody who came back; tokens, when they were not signed in before. */
const Returned = Type.Evaluate(
  Type.Intersect([successOf(User), Type.Partial(Type.Pick(successOf(User, true), ['tokens']))]),
)

/**
 * Signing in at providers of identities. A browser is sent there and comes back; then it goes on to a page of ours with
 * cookies, or a program gets tokens.
 */
export const oauthRoutes = (app: FastifyInstance, prefix: string, context: RouteContext): void => {
  const { executor, passwords, keys, config, clock, identityProviders = [] } = context
  const providers = new Map(identityProviders.map((each) => [each.name, each]))
  const { keep, forget, read } = attempts(keys, config, clock)
  const { signedIn } = answering(context)

  /** Adds an identity for whom began to, if the session they did it in has not ended meanwhile. */
  const linked = async (
    { userId, sessionId, credentials }: NonNullable<KeptAttempt['link']>,
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
    // Looked at before the identity is claimed; the account has the last word.
    if (!isOfTheseCredentials(owner.state, { credentials }))
      throw refusalProblem(account, { refused: 'CredentialsChanged' })
    const who = { ...origin, actorId: userId }
    const position = await linkExternally(executor, { userId, credentials }, provider, person, who)
    const { era: _, credentials: __, ...data } = personOf(userId, owner.state)
    return { data: await asCalledNow(executor, data), position }
  }

  const providerOf = (name: string): IdentityProvider => {
    const provider = providers.get(name)
    if (!provider) throw notFound('provider of identities', 'provider')
    return provider
  }

  /** Where Agora is served, when nobody said where people reach it; never what a request says of that. */
  const here = (): string => {
    const address = app.server.address()
    const port = typeof address === 'object' && address ? address.port : 80
    return `http://127.0.0.1:${port}`
  }
  const redirectUriOf = ({ name }: IdentityProvider): string =>
    `${config.publicUrl ?? here()}${prefix}/auth/oauth/${name}/callback`

  oauthLinks(routesOf(app, prefix, config), context, {
    providers: [...providers.keys()],
    begin: async (name, { returnTo, link }) => {
      const provider = providerOf(name)
      const path = ownPath(returnTo)
      const redirectUri = redirectUriOf(provider)
      const { url, attempt } = await provider.begin(redirectUri)
      return { url, cookie: keep({ ...attempt, returnTo: path, link }, redirectUri) }
    },
  })

  app.get<{ Params: Static<typeof Provider>; Querystring: Static<typeof Beginning> }>(
    `${prefix}/auth/oauth/:provider`,
    {
      config: {
        access: 'public',
        visited: true,
        documented: { problems: [400, 404, 429, 500, 503], success: Type.Null() },
      },
      schema: {
        operationId: 'beginOAuth',
        summary: 'Sign in at a provider of identities',
        description:
          'Sends the browser there. It comes back to `/auth/oauth/{provider}/callback`, which must be allowed at the provider.',
        tags: ['identity'],
        params: Provider,
        querystring: Beginning,
        response: { 302: Type.Null() },
      },
    },
    async ({ params, query }, reply) => {
      const provider = providerOf(params.provider)
      const returnTo = ownPath(query.returnTo ?? '/')
      const redirectUri = redirectUriOf(provider)
      const { url, attempt } = await provider.begin(redirectUri)
      return reply
        .header('set-cookie', keep({ ...attempt, returnTo }, redirectUri))
        .redirect(url, 302)
    },
  )

  app.get<{ Params: Static<typeof Provider>; Querystring: Static<typeof Returning> }>(
    `${prefix}/auth/oauth/:provider/callback`,
    {
      config: {
        access: 'public',
        visited: true,
        documented: {
          problems: [400, 401, 403, 404, 409, 429, 500, 503],
          success: Returned,
        },
      },
      schema: {
        operationId: 'finishOAuth',
        summary: 'Come back from a provider of identities, signed in',
        description:
          'Somebody new gets an account, if the provider vouches for their e-mail address. Whoever asks for HTML is sent on (302) to where they wanted to go, with cookies; others get tokens. Who is signed in already, and came to link an identity, gets no tokens.',
        tags: ['identity'],
        params: Provider,
        querystring: Returning,
        response: { 200: Returned, 302: Type.Null() },
      },
    },
    async (request, reply) => {
      const { params, url, headers, ip, commandId, id: correlationId } = request
      const provider = providerOf(params.provider)
      const redirectUri = redirectUriOf(provider)
      const attempt = read(headers.cookie, redirectUri)
      const over = forget(redirectUri)
      void reply.header('set-cookie', over)
      if (!attempt) throw expired()

      const at = url.indexOf('?')
      const returned = `${redirectUri}${at < 0 ? '' : url.slice(at)}`
      const person = await finished(provider, returned, attempt)
      const origin = { commandId, correlationId, actorId: 'anonymous' }
      const isBrowser = headers.accept?.includes('text/html') ?? false
      if (attempt.link) {
        const { data, position } = await linked(attempt.link, provider.name, person, origin)
        if (isBrowser) return reply.redirect(attempt.returnTo, 302)
        return { success: true, data, meta: { position: String(position) } }
      }
      const theirs = await signInExternally({ executor, passwords }, provider.name, person, origin)
      const {
        data,
        position,
        tokens,
        cookies = [],
      } = await signedIn(theirs, {
        origin: { ...origin, actorId: theirs.userId },
        ip,
        userAgent: headers['user-agent'],
        cookie: (name) => cookieIn(headers.cookie, name),
      })
      void reply.removeHeader('set-cookie').header('set-cookie', [over, ...cookies])
      if (isBrowser) return reply.redirect(attempt.returnTo, 302)
      return { success: true, data, meta: { position: String(position) }, tokens }
    },
  )
}
