import type { IncomingMessage } from 'node:http'

/** Where a request comes from, as far as our own proxies say. */
export type ClientAddress = { readonly ip: string; readonly protocol: string }

/**
 * Whom a request is of: the last address that our own proxies saw, as Fastify's `request.ip` says it.
 * @param proxies how many proxies of ours stand in front
 */
export const clientAddress = (
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  proxies: number,
): ClientAddress => {
  const { remoteAddress = '' } = socket
  if (proxies <= 0) return { ip: remoteAddress, protocol: 'http' }
  const { 'x-forwarded-for': forwarded, 'x-forwarded-proto': protocol } = headers
  const seen = typeof forwarded === 'string' ? forwarded.split(',') : []
  const addresses = seen.map((one) => one.trim()).filter((one) => one !== '')
  return {
    ip: addresses[Math.max(0, addresses.length - proxies)] ?? remoteAddress,
    protocol:
      typeof protocol === 'string' && protocol !== ''
        ? protocol.slice(protocol.lastIndexOf(',') + 1).trim()
        : 'http',
  }
}
