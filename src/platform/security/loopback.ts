import { ipAddressOf } from './ip-address.ts'

/**
 * Whether only this machine reaches a listener on an address.
 * @param host an address or `localhost`; any other name may resolve to any address, and is false
 */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || ipAddressOf(host)?.range() === 'loopback'
