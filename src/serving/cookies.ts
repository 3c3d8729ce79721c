import { stringifySetCookie } from 'cookie'
import { tokenCookieName } from '../platform/security/cookies.ts'
import type { Settings } from './ports.ts'

/** The name of the cookie with the refresh token of a browser. */
export const refreshCookieName = 'agora_refresh'

/** The name of the cookie that identifies a device on which a user has signed in before. */
export const deviceCookieName = 'agora_device'

/** Path of the sign-in cookies; browsers send them to no other. */
const signInPath = '/api/v1/auth'

/** Lifetime of the device cookie, in s. */
const deviceTtl = 365 * 24 * 60 * 60

type Secure = Pick<Settings, 'secureCookies'>

/**
 * Writes a `Set-Cookie` header; scripts cannot read the cookie.
 * @param options.path browsers send the cookie to this path only
 * @param options.maxAge s; 0 deletes the cookie
 * @param options.sameSite `strict`, unless given: pages of other sites cannot make a browser send it (RFC 6265bis §5.6.7)
 */
export const setCookie = (
  name: string,
  value: string,
  {
    path,
    maxAge,
    secureCookies: secure,
    sameSite = 'strict',
  }: Secure & {
    readonly path: string
    readonly maxAge: number
    readonly sameSite?: 'strict' | 'lax'
  },
): string => stringifySetCookie({ name, value, path, maxAge, httpOnly: true, secure, sameSite })

/** The cookie that carries an access token. */
export const tokenCookie = (
  token: string,
  { accessTokenTtl, secureCookies }: Pick<Settings, 'accessTokenTtl' | 'secureCookies'>,
): string => setCookie(tokenCookieName, token, { path: '/', maxAge: accessTokenTtl, secureCookies })

/**
 * The cookie that carries a refresh token.
 * @param expiresAt the end of the session, ISO 8601
 * @param now the time of the store's clock, by which sessions expire
 */
export const refreshCookie = (
  token: string,
  expiresAt: string,
  now: Date,
  { secureCookies }: Secure,
): string => {
  const maxAge = Math.max(0, Math.floor((Date.parse(expiresAt) - now.getTime()) / 1_000))
  return setCookie(refreshCookieName, token, { path: signInPath, maxAge, secureCookies })
}

/** The cookie that identifies a device. */
export const deviceCookie = (device: string, { secureCookies }: Secure): string =>
  setCookie(deviceCookieName, device, { path: '/api/v1', maxAge: deviceTtl, secureCookies })

/** Cookies that delete the tokens of a browser; the device cookie stays. */
export const noTokenCookies = ({ secureCookies }: Secure): string[] => [
  setCookie(tokenCookieName, '', { path: '/', maxAge: 0, secureCookies }),
  setCookie(refreshCookieName, '', { path: signInPath, maxAge: 0, secureCookies }),
]
