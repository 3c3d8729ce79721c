import type { IncomingMessage } from 'node:http'

/** Address and protocol of a client, as the trusted proxies report them. */
export type ClientAddress = { readonly ip: string; readonly protocol: string }

/**
 * Returns the client of a request: the last address that the trusted proxies saw, the same as Fastify's `request.ip`.
 * @param proxies number of trusted proxies in front of this process
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
