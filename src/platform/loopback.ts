import { isIP } from 'node:net'

/**
 * Whether nobody but this machine reaches what is served on an address.
 * @param host an address or `localhost`; any other name may lead anywhere
 */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
