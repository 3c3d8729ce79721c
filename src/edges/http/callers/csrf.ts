import type { FastifyRequest } from 'fastify'
import type { HttpConfig } from '../dependencies.ts'
import { Problem } from '../../../serving/problem.ts'

/** Safe methods, which change nothing (RFC 9110 §9.2.1). */
const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

type Headers = Pick<FastifyRequest['headers'], 'origin' | 'sec-fetch-site'>

/**
 * Whether a page of Agora, or of an allowed origin, sent a request: browsers say so in headers that no page can forge
 * (OWASP Cross-Site Request Forgery Prevention Cheat Sheet: fetch metadata, and where it is missing the origin).
 * @param host the host of the request, as the browser addressed it
 * @param trusted origins whose pages may use the cookies as well
 */
export const isSameOrigin = (
  headers: Headers,
  host: string,
  trusted: readonly string[],
): boolean => {
  const { origin, 'sec-fetch-site': site } = headers
  if (origin !== undefined && trusted.includes(origin)) return true
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}

/**
 * Accepts a request that was authenticated by a cookie only if its method is safe or a page of Agora sent it.
 * @throws Problem 403 `cross_site_request`
 */
export const mustBeSameOrigin = (
  { method, headers, host }: Pick<FastifyRequest, 'method' | 'headers' | 'host'>,
  { corsOrigins, publicUrl }: Pick<HttpConfig, 'corsOrigins' | 'publicUrl'>,
): void => {
  if (safe.has(method)) return
  const ours = publicUrl === undefined ? [] : [new URL(publicUrl).origin]
  if (!isSameOrigin(headers, host, [...corsOrigins, ...ours]))
    throw new Problem(
      403,
      'cross_site_request',
      'Another site may have sent this. Send the token as `Authorization: Bearer <token>`, or call from a page of this site.',
    )
}
