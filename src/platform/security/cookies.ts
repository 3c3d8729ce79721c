import { parseCookie } from 'cookie'

/** Name of the cookie in which browsers may send their access token, over HTTP and to sockets. */
export const tokenCookieName = 'agora_token'

/**
 * Parses one cookie of a header.
 * @param header `Cookie`
 * @returns the first one of that name; undefined when it is missing or empty
 */
export const cookieIn = (header: string | undefined, name: string): string | undefined =>
  header === undefined ? undefined : parseCookie(header)[name] || undefined
