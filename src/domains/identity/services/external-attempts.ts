import { firstUse } from '#kernel'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { CredentialsCount } from '../language.ts'
import { SessionId, UserId } from '../../shared/index.ts'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import { sealing } from '../../../platform/security/sealing.ts'
import { setCookie } from '../../../serving/cookies.ts'
import type { Settings } from '../../../serving/ports.ts'

const Kept = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  codeVerifier: Type.String(),
  /** Where the browser goes when they are signed in. */
  returnTo: Type.String(),
  /** For whom an identity is to be added, the session in which they ask for that, and their account's credentials then. */
  link: Type.Optional(
    Type.Object({ userId: UserId, sessionId: SessionId, credentials: CredentialsCount }),
  ),
  /** ms since 1970. */
  expiresAt: Type.Number(),
})
const kept = firstUse(() => Compile(Kept))

/** What a sign-in elsewhere has to know when the browser comes back. */
export type KeptAttempt = Omit<Static<typeof Kept>, 'expiresAt'>

/** The name of the cookie that a sign-in elsewhere is kept in. */
const attemptCookieName = 'agora_oauth'

/** How long signing in elsewhere may take, in s. */
const ttl = 10 * 60

/**
 * Keeps what a sign-in elsewhere began with in the browser that began it, sealed: so any process can end it, and no
 * other browser (RFC 9700 §4.7).
 */
export const attempts = (
  { secretFor }: Pick<SigningKeys, 'secretFor'>,
  { secureCookies }: Pick<Settings, 'secureCookies'>,
  clock: () => Date,
) => {
  const { seal, open } = sealing(secretFor('oauth attempts'))

  // `Lax`, as the browser comes back from another site.
  const cookie = (value: string, path: string, maxAge: number): string =>
    setCookie(attemptCookieName, value, { path, maxAge, secureCookies, sameSite: 'lax' })

  return {
    /** @param redirectUri where the browser comes back to, the only place that the cookie is sent to */
    keep: (attempt: KeptAttempt, redirectUri: string): string => {
      const text = JSON.stringify({ ...attempt, expiresAt: clock().getTime() + ttl * 1_000 })
      const sealed = seal(Buffer.from(text), redirectUri).toString('base64url')
      return cookie(sealed, new URL(redirectUri).pathname, ttl)
    },
    /** Takes the cookie away: an attempt is good for one time. */
    forget: (redirectUri: string): string => cookie('', new URL(redirectUri).pathname, 0),
    /** @returns undefined when there is none, or not any more */
    read: (
      cookieOf: (name: string) => string | undefined,
      redirectUri: string,
    ): KeptAttempt | undefined => {
      const sealed = cookieOf(attemptCookieName)
      if (sealed === undefined) return undefined
      try {
        const plain = open(Buffer.from(sealed, 'base64url'), redirectUri).toString()
        const { expiresAt, ...attempt } = kept().Parse(JSON.parse(plain))
        return clock().getTime() < expiresAt ? attempt : undefined
      } catch {
        return undefined
      }
    },
  }
}
