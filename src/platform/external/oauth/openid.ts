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
import { Unavailable } from '../../unavailable.ts'
import { SignInDenied, SignInRejected, type ExternalPerson, type IdentityProvider } from './port.ts'

/** A provider, and as whom it knows this Agora. */
export type OpenIdSettings = {
  readonly name: string
  /** A URL, below which `.well-known/openid-configuration` tells the rest. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
}

/** How long a provider may take to answer, in s. */
const patience = 10

/** The person said no, or cannot be asked (OpenID Connect Core §3.1.2.6). */
const refusals = new Set([
  'access_denied',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
])

/** What goes wrong with the provider, and not with what came back. */
const outages = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
])

const isStatus = (cause: unknown, status: number): boolean =>
  cause instanceof Response && cause.status === status

const told = (name: string, error: unknown): Error => {
  const options = { cause: error }
  const away = () => new Unavailable(`${name} does not let anybody sign in just now`, options)
  if (error instanceof AuthorizationResponseError)
    return refusals.has(error.error)
      ? new SignInDenied(`Signing in at ${name} was called off`, options)
      : away()
  const rejected = () =>
    new SignInRejected(`What ${name} sent back is of no use: ${String(error)}`, options)
  if (error instanceof ResponseBodyError)
    // The code is not theirs, too old, or was used before (RFC 6749 §5.2).
    return error.error === 'invalid_grant' ? rejected() : away()
  if (error instanceof WWWAuthenticateChallengeError) return away()
  // Not everybody says in the way of the standard that a code is of no use.
  if (error instanceof ClientError && isStatus(error.cause, 400)) return rejected()
  if (error instanceof ClientError) return outages.has(error.code ?? '') ? away() : rejected()
  if (error instanceof TypeError && error.message === 'fetch failed') return away()
  return error instanceof Error ? error : new Error(String(error), options)
}

/** In the way that the provider takes; the first is what holds when it does not say (OpenID Connect Discovery §3). */
const proving = (secret: string | undefined): ClientAuth => {
  if (secret === undefined) return None()
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)]
  return (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported
    const prefersPost =
      ways?.includes('client_secret_post') && !ways.includes('client_secret_basic')
    return (prefersPost ? post : basic)(server, ...rest)
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

const personOf = (
  issuer: string,
  subject: string,
  said: Readonly<Record<string, unknown>>,
): ExternalPerson => {
  const email = textOf(said.email)
  const name = textOf(said.name)
  const username = textOf(said.preferred_username) ?? textOf(said.nickname)
  return {
    issuer,
    subject,
    ...(email !== undefined && { email }),
    // Some write it as a text.
    emailVerified: said.email_verified === true || said.email_verified === 'true',
    ...(name !== undefined && { name }),
    ...(username !== undefined && { username }),
  }
}

/**
 * A provider that speaks OpenID Connect: the code flow with PKCE (RFC 7636), state and nonce. What it is like is found
 * out when it is first needed.
 */
export const openIdProvider = ({
  name,
  issuer,
  clientId,
  clientSecret,
}: OpenIdSettings): IdentityProvider => {
  let found: Promise<Configuration> | undefined
  const configuration = (): Promise<Configuration> =>
    (found ??= discovery(new URL(issuer), clientId, {}, proving(clientSecret), {
      timeout: patience,
      execute: [
        // Over TLS a signature proves nothing more; a provider that is misled is found out nevertheless.
        enableNonRepudiationChecks,
        ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []),
      ],
    }).catch((error: unknown) => {
      found = undefined
      // Whoever is not what they should be is no better than one who is away.
      throw new Unavailable(`${name} cannot be reached at ${issuer}`, { cause: error })
    }))

  return {
    name,

    begin: async (redirectUri) => {
      const attempt = {
        state: randomState(),
        nonce: randomNonce(),
        codeVerifier: randomPKCECodeVerifier(),
      }
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, attempt }
    },

    finish: async (returned, { state, nonce, codeVerifier }) => {
      const config = await configuration()
      try {
        const tokens = await authorizationCodeGrant(config, new URL(returned), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (!claims) throw new SignInRejected(`${name} says nothing of who it is`)
        const { iss, sub } = claims
        const isComplete = claims.email !== undefined
        const asked = !isComplete && config.serverMetadata().userinfo_endpoint !== undefined
        const more = asked ? await fetchUserInfo(config, tokens.access_token, sub) : {}
        return personOf(iss, sub, { ...more, ...claims })
      } catch (error) {
        throw error instanceof SignInRejected ? error : told(name, error)
      }
    },
  }
}
