import { Resolver } from 'node:dns/promises'
import type { UrlsOf } from './static-resolver.ts'

/** Timeout of a DNS query, in ms, and the number of tries in all. */
const limits = { timeout: 1_000, tries: 2 }

/** DNS errors of a name without records, or without records of this type. */
const emptyCodes = new Set(['ENOTFOUND', 'ENODATA'])

const isEmpty = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && emptyCodes.has(String(error.code))

/** The records of a lookup; empty if there are none. @throws other errors of the lookup */
const foundBy = async <T>(lookup: Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await lookup
  } catch (error) {
    if (isEmpty(error)) return []
    throw error
  }
}

const urlOf = (address: string, port: number): string =>
  new URL(`http://${address.includes(':') ? `[${address}]` : address}:${port}`).origin

/**
 * Resolves addresses by DNS: `dns://name:port` to all addresses of a name, `dns+srv://name` to the hosts of its SRV records of
 * the lowest priority (RFC 2782), and every other address to itself. Names are resolved as they are, without the search domains
 * of this machine. When a lookup fails, the last result is returned.
 * @param options.servers the DNS servers, `10.0.0.10:53`; default: those of this machine
 * @param options.onError called with every failure
 */
export const dnsUrls = ({
  servers,
  onError,
}: {
  readonly servers?: readonly string[]
  readonly onError: (error: unknown) => void
}): UrlsOf => {
  const resolver = new Resolver(limits)
  if (servers) resolver.setServers(servers)
  const last = new Map<string, readonly string[]>()

  /** Resolves a name to its IPv4 addresses, or to its IPv6 addresses if it has no others: an instance may have both. */
  const addressesOf = async (name: string): Promise<readonly string[]> => {
    const found = await foundBy(resolver.resolve4(name))
    return found.length > 0 ? found : foundBy(resolver.resolve6(name))
  }

  const lookUp = async (address: string): Promise<readonly string[]> => {
    const [scheme = '', name = '', port] = address.split(/:\/\/|:(?=\d+$)/)
    if (scheme === 'dns') return (await addressesOf(name)).map((one) => urlOf(one, Number(port)))
    const records = await foundBy(resolver.resolveSrv(name))
    const lowest = Math.min(...records.map(({ priority }) => priority))
    const urls = await Promise.all(
      records
        .filter(({ priority }) => priority === lowest)
        .map(async (record) =>
          (await addressesOf(record.name)).map((one) => urlOf(one, record.port)),
        ),
    )
    return urls.flat()
  }

  return async (address) => {
    if (!address.startsWith('dns')) return [address]
    try {
      const found = await lookUp(address)
      last.set(address, found)
      return found
    } catch (error) {
      onError(error)
      return last.get(address) ?? []
    }
  }
}
