import { timingSafeEqual, hash } from 'node:crypto'
import { BlockList, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { HttpConfig } from './dependencies.ts'

/** Addresses that nobody has on the internet (RFC 6890): of this machine, its network, a cluster. */
const near = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  near.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  near.addSubnet(network, bits, 'ipv6')

/** What proxies say of whom they ask for. */
const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

const isEqual = (one: string, other: string): boolean =>
  timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'))

/**
 * Whether somebody may be told in full how Agora is: who asks a process itself, from this machine or a network of ours,
 * as Prometheus and probes do; or who has the token for it. Who comes through a proxy comes from anywhere.
 */
export const mayLookInside = (
  { socket: { remoteAddress = '' }, headers }: Pick<FastifyRequest, 'socket' | 'headers'>,
  { metricsToken }: Pick<HttpConfig, 'metricsToken'>,
): boolean => {
  if (metricsToken !== undefined && isEqual(headers.authorization ?? '', `Bearer ${metricsToken}`))
    return true
  if (forwarding.some((name) => headers[name] !== undefined)) return false
  return near.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4')
}
