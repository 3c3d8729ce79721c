import { timingSafeEqual, hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ipAddressOf } from '../../platform/security/ip-address.ts'
import type { HttpConfig } from './dependencies.ts'

/** Address ranges that are not routed on the internet (RFC 6890): loopback, private networks, clusters. */
const nearby: ReadonlySet<string | undefined> = new Set([
  'loopback',
  'private',
  'linkLocal',
  'carrierGradeNat',
  'uniqueLocal',
])

/** Headers that proxies add. */
const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

const isEqual = (one: string, other: string): boolean =>
  timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'))

/**
 * Whether a caller may see metrics and details of health: one that connects from this machine or a private network
 * without a proxy, as Prometheus and probes do, or one with the token. Behind a proxy the origin of a request is unknown.
 */
export const hasDiagnosticsAccess = (
  { socket: { remoteAddress = '' }, headers }: Pick<FastifyRequest, 'socket' | 'headers'>,
  { metricsToken }: Pick<HttpConfig, 'metricsToken'>,
): boolean => {
  if (metricsToken !== undefined && isEqual(headers.authorization ?? '', `Bearer ${metricsToken}`))
    return true
  if (forwarding.some((name) => headers[name] !== undefined)) return false
  return nearby.has(ipAddressOf(remoteAddress)?.range())
}
