import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import {
  SignInDenied,
  SignInRejected,
  type ExternalPerson,
  type IdentityProvider,
} from '../../platform/oauth/port.ts'
import { cookieIn } from '../auth-cookies.ts'
import { answering, User } from '../auth-sign-in.ts'
import { attempts, type KeptAttempt } from '../oauth-attempt.ts'
import { signInExternally } from '../oauth-accounts.ts'
import { invalid, notFound, Problem } from '../problem.ts'
import { successOf } from '../route.ts'
import type { RouteContext } from './context.ts'

const Provider = Type.Object({ provider: Type.String({ maxLength: 64 }) })

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

/** @throws Problem 400 when it may lead to another site */
const ownPath = (returnTo: string): string => {
  const base = 'http://this-site.invalid'
  // Browsers read a backslash as a slash, and leave out tabs and line breaks.
  const isPath = /^\/(?!\/)[^\\\s\p{Cc}]*$/u.test(returnTo) && URL.canParse(returnTo, base)
  if (isPath && new URL(returnTo, base).origin === base) return returnTo
  throw invalid('returnTo', 'must be a path of this site, such as /orders')
}

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

/**
 * Signing in at providers of identities. A browser is sent there and comes back; then it goes on to a page of ours with
 * cookies, or a program gets tokens.
 */
export const oauthRoutes = (app: FastifyInstance, prefix: string, context: RouteContext): void => {
  const { executor, passwords, keys, config, identityProviders = [] } = context
  const providers = new Map(identityProviders.map((each) => [each.name, each]))
  const { keep, forget, read } = attempts(keys, config)
  const { signedIn } = answering(context)

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

  app.get<{ Params: Static<typeof Provider>; Querystring: Static<typeof Beginning> }>(
    `${prefix}/auth/oauth/:provider`,
    {
      config: {
        access: 'public',
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
        documented: {
          problems: [400, 403, 404, 409, 429, 500, 503],
          success: successOf(User, true),
        },
      },
      schema: {
        operationId: 'finishOAuth',
        summary: 'Come back from a provider of identities, signed in',
        description:
          'Somebody new gets an account, if the provider vouches for their e-mail address. Whoever asks for HTML is sent on (302) to where they wanted to go, with cookies; others get tokens.',
        tags: ['identity'],
        params: Provider,
        querystring: Returning,
        response: { 200: successOf(User, true), 302: Type.Null() },
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
      const account = await signInExternally({ executor, passwords }, provider.name, person, origin)
      const {
        data,
        position,
        tokens,
        cookies = [],
      } = await signedIn(account, {
        origin: { ...origin, actorId: account.userId },
        ip,
        userAgent: headers['user-agent'],
        cookie: (name) => cookieIn(headers.cookie, name),
      })
      void reply.removeHeader('set-cookie').header('set-cookie', [over, ...cookies])
      if (headers.accept?.includes('text/html')) return reply.redirect(attempt.returnTo, 302)
      return { success: true, data, meta: { position: String(position) }, tokens }
    },
  )
}
