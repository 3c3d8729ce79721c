import { Resolver } from 'node:dns/promises'
import type { UrlsOf } from './static-resolver.ts'

/** The timeout of a DNS query, in ms, and the number of tries in all. */
const patience = { timeout: 1_000, tries: 2 }

/** The DNS errors for a name without records, or without records of this type. */
const nobody = new Set(['ENOTFOUND', 'ENODATA'])

const isNobody = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && nobody.has(String(error.code))

/** The records found; empty where there are none. @throws what the lookup throws otherwise */
const foundBy = async <T>(lookup: Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await lookup
  } catch (error) {
    if (isNobody(error)) return []
    throw error
  }
}

const urlOf = (address: string, port: number): string =>
  new URL(`http://${address.includes(':') ? `[${address}]` : address}:${port}`).origin

/**
 * Looks addresses up: `dns://name:port` stands for all addresses of a name, `dns+srv://name` for what its SRV records
 * of the lowest priority say (RFC 2782), and every other for itself. Names are asked for as they are, without the
 * search domains of this machine. While nobody can tell, what was found last is gone by.
 * @param options.servers the DNS servers, `10.0.0.10:53`; default: as this machine does
 * @param options.onError called with every failure
 */
export const dnsUrls = ({
  servers,
  onError,
}: {
  readonly servers?: readonly string[]
  readonly onError: (error: unknown) => void
}): UrlsOf => {
  const resolver = new Resolver(patience)
  if (servers) resolver.setServers(servers)
  const last = new Map<string, readonly string[]>()

  /** Those of IPv6 only where there are no others: an instance that has both is one. */
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
