import { ipAddressOf } from './ip-address.ts'

/**
 * Addresses that one person is likely to have: the first 24 bits of IPv4, the first 64 of IPv6 (RFC 6177 §2 gives a
 * single site at least that many).
 * @returns a text that is the same for each of them; what is no address is a network of its own
 */
export const networkOf = (ip: string): string => {
  const address = ipAddressOf(ip)
  if (address === undefined) return ip
  if ('octets' in address) return address.octets.slice(0, 3).join('.')
  return address.parts
    .slice(0, 4)
    .map((part) => part.toString(16).padStart(4, '0'))
    .join(':')
}
