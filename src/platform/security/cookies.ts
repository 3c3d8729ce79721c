import { parseCookie } from 'cookie'

/** The name of the cookie that browsers may carry their access token in, to HTTP and to sockets. */
export const tokenCookieName = 'agora_token'

/**
 * Reads one cookie out of a header.
 * @param header `Cookie`
 * @returns undefined when it is missing or empty; the first one, when there are several
 */
export const cookieIn = (header: string | undefined, name: string): string | undefined =>
  header === undefined ? undefined : parseCookie(header)[name] || undefined
