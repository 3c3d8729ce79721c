import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import { isPublicAddress } from './public-url.ts'

/** An address that no server of the public Internet has: requests to it would reach this machine or its network. */
export class PrivateAddress extends Error {
  override name = 'PrivateAddress'
}

/** How long a name server may take, in ms, and how long all of them may. */
const answerMs = 2_000
const limitMs = 5_000

/**
 * Asks the name servers of this machine for the addresses of a host. `dns.lookup` cannot be aborted and occupies one of the
 * few threads of libuv, so that names which never resolve would stop files and passwords too. It reads no `/etc/hosts`.
 * @param options.servers name servers, `127.0.0.1:53`; default: those of this machine
 * @param options.limitMs limit of all requests, in ms; default 5,000
 * @throws the error of the resolver where there is no address in time
 */
export const resolvedHost = async (
  host: string,
  options: { readonly servers?: readonly string[]; readonly limitMs?: number } = {},
): Promise<readonly LookupAddress[]> => {
  const resolver = new Resolver({ timeout: answerMs, tries: 2 })
  if (options.servers) resolver.setServers(options.servers)
  const timer = setTimeout(() => resolver.cancel(), options.limitMs ?? limitMs)
  try {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const addresses = [
      ...(four.status === 'fulfilled' ? four.value : []).map((address) => ({ address, family: 4 })),
      ...(six.status === 'fulfilled' ? six.value : []).map((address) => ({ address, family: 6 })),
    ]
    if (addresses.length === 0 && four.status === 'rejected') throw four.reason
    return addresses
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Looks up a host for a connection, and fails with `PrivateAddress` unless all its addresses are public. A connection uses
 * the very addresses that were checked, so that a name cannot change its address in between (DNS rebinding).
 * @param isAllowed whether requests may go to an address; default: to public ones
 * @param resolve returns the addresses of a host; default: those that the name servers of this machine know
 */
export const publicLookup =
  (
    isAllowed: (address: string) => boolean = isPublicAddress,
    resolve: (host: string) => Promise<readonly LookupAddress[]> = resolvedHost,
  ): LookupFunction =>
  (host, options, done) => {
    const checked = async (): Promise<[LookupAddress, ...LookupAddress[]]> => {
      const [first, ...others] = await resolve(host)
      if (!first || ![first, ...others].every(({ address }) => isAllowed(address)))
        throw new PrivateAddress(`${host} is no server of the public Internet`)
      return [first, ...others]
    }
    callbackify(checked)((error, addresses) => {
      if (error) done(error, '', 0)
      else if (options.all) done(null, addresses)
      else done(null, addresses[0].address, addresses[0].family)
    })
  }
