import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Parses an address as it is connected from or listened at. An IPv4 address that IPv6 maps is that IPv4 address; the
 * zone of a link-local one is dropped.
 * @param text four decimal parts, or IPv6 in any notation
 * @returns undefined for any other text, names of hosts among them
 */
export const ipAddressOf = (text: string) => {
  const [address = ''] = text.split('%')
  // The library also takes `127.1` and `0x7f000001` for addresses.
  return isIP(address) === 0 ? undefined : ipaddr.process(address)
}
