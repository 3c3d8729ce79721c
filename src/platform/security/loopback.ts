import { ipAddressOf } from './ip-address.ts'

/**
 * Whether nobody but this machine reaches what is served on an address.
 * @param host an address or `localhost`; any other name may lead anywhere
 */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || ipAddressOf(host)?.range() === 'loopback'
