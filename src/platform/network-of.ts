import { isIPv6 } from 'node:net'

/** Eight groups of four hex digits, as far as they are wanted. */
const groupsOf = (ip: string): string[] => {
  const [head = '', tail] = ip.split('::')
  const before = head.split(':').filter(Boolean)
  const after = tail?.split(':').filter(Boolean) ?? []
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...(tail === undefined ? [] : zeros), ...after].map((group) =>
    group.padStart(4, '0').toLowerCase(),
  )
}

/**
 * Addresses that one person is likely to have: the first 24 bits of IPv4, the first 64 of IPv6 (RFC 6177 §2 gives a
 * single site at least that many).
 */
export const networkOf = (ip: string): string => {
  const v4 = /(\d+\.\d+\.\d+)\.\d+$/.exec(ip)?.[1]
  if (v4 !== undefined) return v4
  return isIPv6(ip) ? groupsOf(ip.split('%')[0]!).slice(0, 4).join(':') : ip
}
