import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './public-url.ts'

/** An address that no server of the public Internet has: requests to it would reach this machine or its network. */
export class PrivateAddress extends Error {
  override name = 'PrivateAddress'
}

/**
 * Looks up a host as `dns.lookup` does, and fails with `PrivateAddress` unless all its addresses are public. A connection
 * uses the very addresses that were checked, so that a name cannot change its address in between (DNS rebinding).
 * @param isAllowed whether requests may go to an address; default: to public ones
 */
export const publicLookup =
  (isAllowed: (address: string) => boolean = isPublicAddress): LookupFunction =>
  (host, options, done) =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0)
      const [first] = addresses
      if (!first || !addresses.every(({ address }) => isAllowed(address)))
        return done(new PrivateAddress(`${host} is no server of the public Internet`), '', 0)
      if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
