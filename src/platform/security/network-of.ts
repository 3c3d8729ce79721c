import { ipAddressOf } from './ip-address.ts'

/**
 * Returns the network of an address, whose addresses are likely to belong to one person: its first 24 bits of IPv4, or its
 * first 64 of IPv6 (RFC 6177 §2: a site gets more than one such network).
 * @returns the same text for all addresses of a network; a text that is not an address is a network of its own
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
