import { ipAddressOf } from './ip-address.ts'

/** Whether an IP address is one of the public Internet. @param text a host name is not */
export const isPublicAddress = (text: string): boolean => ipAddressOf(text)?.range() === 'unicast'

/**
 * Whether a URL may name a server of the public Internet, as far as its text shows: HTTPS at its usual port, no credentials, a host with a dot
 * or a public address. The addresses of a host name are checked as a request connects (`public-lookup.ts`).
 */
export const mayBePublicUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, port, username, password, hostname } = new URL(text)
  if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return false
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (ipAddressOf(host) !== undefined) return isPublicAddress(host)
  return host.includes('.') && !/\.(localhost|local|internal|lan|home|corp)$/i.test(host)
}
