import { firstUse } from '#kernel'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { CredentialsCount } from '../language.ts'
import { SessionId, UserId } from '../../shared/index.ts'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import { sealing } from '../../../platform/security/sealing.ts'
import { setCookie } from '../../../serving/cookies.ts'
import type { Settings } from '../../../serving/ports.ts'

const AttemptState = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  codeVerifier: Type.String(),
  /** Target of the browser after the sign-in. */
  returnTo: Type.String(),
  /** For adding an identity: the user, the session of the request, and the account's credentials at that time. */
  link: Type.Optional(
    Type.Object({ userId: UserId, sessionId: SessionId, credentials: CredentialsCount }),
  ),
  /** In ms since 1970. */
  expiresAt: Type.Number(),
})
const attemptState = firstUse(() => Compile(AttemptState))

/** State of a sign-in at a provider, needed when the browser returns. */
export type SignInAttempt = Omit<Static<typeof AttemptState>, 'expiresAt'>

/** Name of the cookie that holds the state. */
const attemptCookieName = 'agora_oauth'

/** Greatest duration of a sign-in at a provider, in s. */
const ttl = 10 * 60

/**
 * Stores the state of a sign-in in a sealed cookie of the browser that started it: any process can complete it, but no
 * other browser (RFC 9700 §4.7).
 */
export const attempts = (
  { secretFor }: Pick<SigningKeys, 'secretFor'>,
  { secureCookies }: Pick<Settings, 'secureCookies'>,
  clock: () => Date,
) => {
  const { seal, open } = sealing(secretFor('oauth attempts'))

  // `Lax`, as the browser returns from another site.
  const cookie = (value: string, path: string, maxAge: number): string =>
    setCookie(attemptCookieName, value, { path, maxAge, secureCookies, sameSite: 'lax' })

  return {
    /** @param redirectUri URL that the browser returns to; the cookie is sent there only */
    keep: (attempt: SignInAttempt, redirectUri: string): string => {
      const text = JSON.stringify({ ...attempt, expiresAt: clock().getTime() + ttl * 1_000 })
      const sealed = seal(Buffer.from(text), redirectUri).toString('base64url')
      return cookie(sealed, new URL(redirectUri).pathname, ttl)
    },
    /** Returns the removal of the cookie: an attempt is valid once. */
    forget: (redirectUri: string): string => cookie('', new URL(redirectUri).pathname, 0),
    /** @returns undefined when there is none, or it has expired */
    read: (
      cookieOf: (name: string) => string | undefined,
      redirectUri: string,
    ): SignInAttempt | undefined => {
      const sealed = cookieOf(attemptCookieName)
      if (sealed === undefined) return undefined
      try {
        const plain = open(Buffer.from(sealed, 'base64url'), redirectUri).toString()
        const { expiresAt, ...attempt } = attemptState().Parse(JSON.parse(plain))
        return clock().getTime() < expiresAt ? attempt : undefined
      } catch {
        return undefined
      }
    },
  }
}
