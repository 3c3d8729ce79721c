import type { ArrivalStep } from '../arrival.ts'
import type { HttpConfig } from '../dependencies.ts'

/** For answers that are data, not pages: nothing may run, frame or guess them (OWASP REST Security and Secure Headers). */
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

/** What every answer says beside what it is about. */
export const securityHeaders = ({
  secureCookies,
}: Pick<HttpConfig, 'secureCookies'>): Readonly<Record<string, string>> => ({
  ...always,
  // Only where there is HTTPS for sure (RFC 6797 §7.2).
  ...(secureCookies && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
})

/** Gives every answer its headers, and the id that goes with everything that its request sets off. */
export const answerHeaders = (config: HttpConfig): ArrivalStep => {
  const all = securityHeaders(config)
  return (request, reply) => {
    // The gateway adds them to what it passes back, as to all that it answers.
    if (request.isInternal) return undefined
    reply.headers(all)
    reply.header('x-correlation-id', request.id)
    return undefined
  }
}
