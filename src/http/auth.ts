import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { HttpConfig } from './dependencies.ts'
import { forbidden, Problem } from './problem.ts'
import type { AccessTokens, Caller } from './tokens.ts'

/**
 * Who may use a route. Every route says so; only `public` ones let in whoever comes. An admin is let in everywhere;
 * who owns what is asked for is the route's own business.
 */
export type Access = 'public' | 'user' | 'seller' | 'analyst' | 'admin'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; nobody we know, when undefined. */
    caller: Caller | undefined
    /** Why the token that came with the request is none. */
    notSignedIn: unknown
  }
  interface FastifyContextConfig {
    access?: Access
  }
}

/** The name of the cookie that browsers may carry their token in. */
export const cookieName = 'agora_token'

const inCookie = new RegExp(`(?:^|;\\s*)${cookieName}=([^;\\s]+)`)

const tokenOf = ({ headers: { authorization, cookie } }: FastifyRequest): string | undefined => {
  if (authorization) {
    // The name of the scheme may be written in any case (RFC 9110 §11.1).
    if (authorization.slice(0, 7).toLowerCase() === 'bearer ') return authorization.slice(7).trim()
    throw new Problem(401, 'invalid_token', 'Send the token as `Authorization: Bearer <token>`.')
  }
  return cookie ? inCookie.exec(cookie)?.[1] : undefined
}

/**
 * The cookie that carries an access token. Scripts cannot read it, and pages of other sites cannot make a browser
 * send it, so that no other protection against forged requests is needed (RFC 6265bis §5.6.7).
 */
export const tokenCookie = (
  token: string,
  { accessTokenTtl, secureCookies }: Pick<HttpConfig, 'accessTokenTtl' | 'secureCookies'>,
): string =>
  `${cookieName}=${token}; Path=/; Max-Age=${accessTokenTtl}; HttpOnly; SameSite=Strict${secureCookies ? '; Secure' : ''}`

/** Whether a caller may do what an access level asks for. */
export const allows = (access: Access, { roles }: Pick<Caller, 'roles'>): boolean => {
  if (access === 'public' || access === 'user') return true
  return roles.includes('admin') || roles.includes(access)
}

/** Whether it is theirs, or they may look after everybody's. */
export const ownsOrAdmin = (caller: Caller, ownerId: string): boolean =>
  caller.id === ownerId || caller.roles.includes('admin')

/** Lets pass who owns it or is an admin. @throws Problem 403 */
export const mustOwn = (caller: Caller, ownerId: string): void => {
  if (!ownsOrAdmin(caller, ownerId)) throw forbidden()
}

/**
 * Asks every request who sends it, and turns away whom its route is not for: before the body is read, but after the
 * rate limit, which therefore counts failed attempts as well.
 */
export const guard = (app: FastifyInstance, { verify }: Pick<AccessTokens, 'verify'>): void => {
  app.decorateRequest('caller', undefined)
  app.decorateRequest('notSignedIn', undefined)

  app.addHook('onRequest', (request, _reply, done) => {
    try {
      const token = tokenOf(request)
      if (token) request.caller = verify(token)
    } catch (error) {
      request.notSignedIn = error
    }
    done()
  })

  app.addHook('preParsing', (request, _reply, _payload, done) => {
    const { access = 'public' } = request.routeOptions.config
    if (access === 'public') return done()
    const { caller, notSignedIn } = request
    if (!caller)
      return done(
        notSignedIn instanceof Error
          ? notSignedIn
          : new Problem(
              401,
              'not_signed_in',
              'Sign in, and send the access token with the request.',
            ),
      )
    if (!allows(access, caller)) return done(forbidden(`Only for people with the role ${access}.`))
    done()
  })
}
