import type { ArrivalStep } from '../arrival.ts'
import type { HttpConfig } from '../dependencies.ts'

/** For answers that are data, not pages: browsers may not run, frame or sniff them (OWASP REST Security and Secure Headers). */
const always = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
}

/** Returns the security headers of every answer. */
export const securityHeaders = ({
  secureCookies,
}: Pick<HttpConfig, 'secureCookies'>): Readonly<Record<string, string>> => ({
  ...always,
  // Only where HTTPS is certain (RFC 6797 §7.2).
  ...(secureCookies && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
})

/** Sets the security headers and the correlation id of every answer. */
export const answerHeaders = (config: HttpConfig): ArrivalStep => {
  const all = securityHeaders(config)
  return (request, reply) => {
    // The gateway sets them on the answers that it forwards.
    if (request.isInternal) return undefined
    reply.headers(all)
    reply.header('x-correlation-id', request.id)
    return undefined
  }
}
