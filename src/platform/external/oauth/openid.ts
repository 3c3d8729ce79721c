import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
  type ClientAuth,
  type Configuration,
} from 'openid-client'
import { createAvailability } from '../../availability.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { Unavailable } from '../../unavailable.ts'
import { SignInDenied, SignInRejected, type ExternalPerson, type IdentityProvider } from './port.ts'

/** An OpenID provider, and the credentials of this Agora there. */
export type OpenIdSettings = {
  readonly name: string
  /** URL below which the provider serves `.well-known/openid-configuration`. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
}

const policy = policies.openid

/** Error codes of a person who declined or could not be asked (OpenID Connect Core §3.1.2.6). */
const refusals = new Set([
  'access_denied',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
])

/** Error codes of failures of the provider, rather than of an invalid response to the sign-in. */
const outages = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
])

const isStatus = (cause: unknown, status: number): boolean =>
  cause instanceof Response && cause.status === status

/** Maps an error of the library to one of the port. */
const signInError = (name: string, error: unknown): Error => {
  const options = { cause: error }
  const unavailable = () => new Unavailable(`Signing in at ${name} is unavailable now`, options)
  if (error instanceof AuthorizationResponseError)
    return refusals.has(error.error)
      ? new SignInDenied(`Signing in at ${name} was cancelled`, options)
      : unavailable()
  const rejected = () =>
    new SignInRejected(`The response of ${name} is invalid: ${String(error)}`, options)
  if (error instanceof ResponseBodyError)
    // The code is invalid, expired, or was used before (RFC 6749 §5.2).
    return error.error === 'invalid_grant' ? rejected() : unavailable()
  if (error instanceof WWWAuthenticateChallengeError) return unavailable()
  // Some providers answer an invalid code with 400 without the body of the standard.
  if (error instanceof ClientError && isStatus(error.cause, 400)) return rejected()
  if (error instanceof ClientError)
    return outages.has(error.code ?? '') ? unavailable() : rejected()
  if (error instanceof TypeError && error.message === 'fetch failed') return unavailable()
  return error instanceof Error ? error : new Error(String(error), options)
}

/** Whether the provider has answered, or the browser has come back with an error: anybody can send one of those. */
const isAnswer = (cause: unknown): boolean =>
  cause instanceof AuthorizationResponseError ||
  cause instanceof WWWAuthenticateChallengeError ||
  (cause instanceof ResponseBodyError && cause.status < 500) ||
  // An answer without the body of the standard.
  (cause instanceof ClientError && cause.cause instanceof Response && cause.cause.status < 500)

/** Client authentication by a method that the provider supports; basic is the default (OpenID Connect Discovery §3). */
const clientAuth = (secret: string | undefined): ClientAuth => {
  if (secret === undefined) return None()
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)]
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported
    const prefersPost =
      methods?.includes('client_secret_post') && !methods.includes('client_secret_basic')
    return (prefersPost ? post : basic)(server, ...rest)
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

const personOf = (
  issuer: string,
  subject: string,
  claims: Readonly<Record<string, unknown>>,
): ExternalPerson => {
  const email = textOf(claims.email)
  const name = textOf(claims.name)
  const username = textOf(claims.preferred_username) ?? textOf(claims.nickname)
  return {
    issuer,
    subject,
    ...(email !== undefined && { email }),
    // Some providers send it as a string.
    emailVerified: claims.email_verified === true || claims.email_verified === 'true',
    ...(name !== undefined && { name }),
    ...(username !== undefined && { username }),
  }
}

/**
 * Identity provider by OpenID Connect: the code flow with PKCE (RFC 7636), state and nonce. The provider's metadata is
 * fetched at the first sign-in.
 */
export const openIdProvider = ({
  name,
  issuer,
  clientId,
  clientSecret,
}: OpenIdSettings): IdentityProvider & { readonly client: OutboundClient } => {
  const { attempt, status } = createAvailability(name, { policy })
  const guarded = <T>(work: () => Promise<T>): Promise<T> => attempt(work, isAnswer)
  let found: Promise<Configuration> | undefined
  const configuration = (): Promise<Configuration> =>
    (found ??= discovery(new URL(issuer), clientId, {}, clientAuth(clientSecret), {
      timeout: policy.answerMs / 1_000,
      execute: [
        // Over TLS the signature of the ID token would not have to be checked; it is checked nevertheless.
        enableNonRepudiationChecks,
        ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []),
      ],
    }).catch((error: unknown) => {
      found = undefined
      // Invalid metadata is treated as an outage.
      throw new Unavailable(`${name} cannot be reached at ${issuer}`, { cause: error })
    }))

  return {
    name,
    client: { name: `openid ${name}`, policy, status },

    begin: async (redirectUri) => {
      const attempt = {
        state: randomState(),
        nonce: randomNonce(),
        codeVerifier: randomPKCECodeVerifier(),
      }
      const url = buildAuthorizationUrl(await guarded(configuration), {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, attempt }
    },

    finish: (returned, { state, nonce, codeVerifier }) =>
      guarded(async () => {
        const config = await configuration()
        try {
          const tokens = await authorizationCodeGrant(config, new URL(returned), {
            expectedState: state,
            expectedNonce: nonce,
            pkceCodeVerifier: codeVerifier,
            idTokenExpected: true,
          })
          const claims = tokens.claims()
          if (!claims) throw new SignInRejected(`${name} sent no ID token`)
          const { iss, sub } = claims
          const isComplete = claims.email !== undefined
          const hasMore = !isComplete && config.serverMetadata().userinfo_endpoint !== undefined
          const more = hasMore ? await fetchUserInfo(config, tokens.access_token, sub) : {}
          return personOf(iss, sub, { ...more, ...claims })
        } catch (error) {
          throw error instanceof SignInRejected ? error : signInError(name, error)
        }
      }),
  }
}
