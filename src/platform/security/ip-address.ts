import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Parses the address of a peer or a listener. An IPv4-mapped IPv6 address becomes the IPv4 address; the zone of a link-local
 * address is dropped.
 * @param text four decimal parts, or IPv6 in any notation
 * @returns undefined for any other text, such as a host name
 */
export const ipAddressOf = (text: string) => {
  const [address = ''] = text.split('%')
  // The library also accepts `127.1` and `0x7f000001`.
  return isIP(address) === 0 ? undefined : ipaddr.process(address)
}
