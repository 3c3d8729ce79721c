import type { FastifyInstance, FastifyRequest } from 'fastify'
import { cookieIn, tokenCookieName } from '../../../platform/security/cookies.ts'
import type { Authenticator } from '../../../serving/authenticator.ts'
import { mustBeSameOrigin } from './csrf.ts'
import type { HttpConfig } from '../dependencies.ts'
import type { NamedCaller } from '../direct-calls.ts'
import { allows, isGranted, type Access, type Caller } from '../../../serving/caller.ts'
import { forbidden, Problem } from '../../../serving/problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The authenticated caller; undefined for an anonymous request. */
    caller: Caller | undefined
    /** The error with which the request's token was rejected; undefined otherwise. */
    notSignedIn: unknown
  }
  interface FastifyContextConfig {
    access?: Access
    /** Whether signed calls of other processes are admitted as well. */
    internal?: boolean
    /** Name of the operation. */
    operation?: string
  }
}

/** A token of a request, and whether it came in a cookie, which browsers send by themselves. */
type Carried = { readonly token: string; readonly byCookie: boolean }

/** Returns the token of a request. @throws Problem 401 when the header has another scheme */
export const tokenOf = ({
  headers: { authorization, cookie },
}: Pick<FastifyRequest, 'headers'>): Carried | undefined => {
  if (authorization) {
    // The scheme is case-insensitive (RFC 9110 §11.1).
    if (authorization.slice(0, 7).toLowerCase() === 'bearer ')
      return { token: authorization.slice(7).trim(), byCookie: false }
    throw new Problem(401, 'invalid_token', 'Send the token as `Authorization: Bearer <token>`.')
  }
  const token = cookieIn(cookie, tokenCookieName)
  return token === undefined ? undefined : { token, byCookie: true }
}

const notGranted = (): Problem =>
  forbidden('This service account has not been granted the operation; an admin can grant it.')

/**
 * Authenticates every request and rejects callers without access to its route: before the body is read, but after the
 * rate limit, which therefore counts failed attempts as well. A request authenticated by cookie must come from a page of
 * Agora to change anything.
 * @param named returns the caller that a request without a token names, where such names are trusted
 */
export const guard = (
  app: FastifyInstance,
  { callerOf }: Pick<Authenticator, 'callerOf'>,
  config: HttpConfig,
  named: NamedCaller,
): void => {
  app.decorateRequest('caller', undefined)
  app.decorateRequest('notSignedIn', undefined)

  app.addHook('onRequest', (request, _reply, done) => {
    const known = (caller: Caller | undefined) => {
      request.caller = caller
      done()
    }
    const refused = (error: unknown) => {
      request.notSignedIn = error
      done()
    }
    let caller: Caller | Promise<Caller> | undefined
    try {
      const carried = tokenOf(request)
      if (carried?.byCookie) mustBeSameOrigin(request, config)
      caller = carried ? callerOf(carried.token) : named(request)
    } catch (error) {
      return refused(error)
    }
    if (caller instanceof Promise) void caller.then(known, refused)
    else known(caller)
  })

  app.addHook('preParsing', (request, _reply, _payload, done) => {
    const {
      access = 'public',
      internal = access === 'internal',
      operation,
    } = request.routeOptions.config
    // To a public route that it was not granted, a service account is anybody.
    if (request.caller && !isGranted(request.caller, operation)) {
      request.caller = undefined
      request.notSignedIn = notGranted()
    }
    if (access === 'public' || (internal && request.isInternal)) return done()
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
    if (!allows(access, caller))
      return done(
        forbidden(
          access === 'internal'
            ? 'Only for processes of Agora itself.'
            : `Only for people with the role ${access}.`,
        ),
      )
    done()
  })
}
