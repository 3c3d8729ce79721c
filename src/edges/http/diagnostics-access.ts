import { timingSafeEqual, hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ipAddressOf } from '../../platform/security/ip-address.ts'
import type { HttpConfig } from './dependencies.ts'

/** Ranges that are routed nowhere on the internet (RFC 6890): of this machine, its network, a cluster. */
const nearby: ReadonlySet<string | undefined> = new Set([
  'loopback',
  'private',
  'linkLocal',
  'carrierGradeNat',
  'uniqueLocal',
])

/** What proxies say of whom they ask for. */
const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

const isEqual = (one: string, other: string): boolean =>
  timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'))

/**
 * Whether somebody may be told in full how Agora is: who asks a process itself, from this machine or a network of ours,
 * as Prometheus and probes do; or who has the token for it. Who comes through a proxy comes from anywhere.
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
