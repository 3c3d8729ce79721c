import type { HttpConfig } from '../http/dependencies.ts'

/** The name of the cookie that browsers may carry their access token in. */
export const cookieName = 'agora_token'

/** The name of the cookie that browsers may carry their refresh token in. */
export const refreshCookieName = 'agora_refresh'

/** The name of the cookie by which a device is known where somebody has signed in before. */
export const deviceCookieName = 'agora_device'

/** Where the cookies for signing in are sent to, and nowhere else. */
const signInPath = '/api/v1/auth'

/** How long a device is remembered, in s. */
const deviceTtl = 365 * 24 * 60 * 60

/**
 * One cookie out of a header.
 * @param header `Cookie`
 * @returns undefined when it is not there; the first one, when there are several
 */
export const cookieIn = (header: string | undefined, name: string): string | undefined => {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined
  }
  return undefined
}

type Secure = Pick<HttpConfig, 'secureCookies'>

/** Scripts cannot read it, and pages of other sites cannot make a browser send it (RFC 6265bis §5.6.7). */
const cookie = (
  name: string,
  value: string,
  { path, maxAge, secureCookies }: Secure & { readonly path: string; readonly maxAge: number },
): string =>
  `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secureCookies ? '; Secure' : ''}`

/** The cookie that carries an access token. */
export const tokenCookie = (
  token: string,
  { accessTokenTtl, secureCookies }: Pick<HttpConfig, 'accessTokenTtl' | 'secureCookies'>,
): string => cookie(cookieName, token, { path: '/', maxAge: accessTokenTtl, secureCookies })

/**
 * The cookie that carries a refresh token.
 * @param expiresAt the end of the session, ISO 8601
 * @param now by the clock that sessions are dated by
 */
export const refreshCookie = (
  token: string,
  expiresAt: string,
  now: Date,
  { secureCookies }: Secure,
): string => {
  const maxAge = Math.max(0, Math.floor((Date.parse(expiresAt) - now.getTime()) / 1_000))
  return cookie(refreshCookieName, token, { path: signInPath, maxAge, secureCookies })
}

/** The cookie by which a device is known again. */
export const deviceCookie = (device: string, { secureCookies }: Secure): string =>
  cookie(deviceCookieName, device, { path: '/api/v1', maxAge: deviceTtl, secureCookies })

/** Takes the tokens away from a browser; the device stays known. */
export const noTokenCookies = ({ secureCookies }: Secure): string[] => [
  cookie(cookieName, '', { path: '/', maxAge: 0, secureCookies }),
  cookie(refreshCookieName, '', { path: signInPath, maxAge: 0, secureCookies }),
]
