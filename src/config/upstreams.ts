/** Addresses of some contexts. */
export type UpstreamSetting = {
  /** Names of the contexts; `*` for all others. */
  readonly services: readonly string[]
  /** `http://host:port`, `dns://name:port` or `dns+srv://name`. */
  readonly addresses: readonly string[]
}

const services = /^(\*|[a-z]+(,[a-z]+)*)$/
const dnsAddress = /^dns:\/\/[a-z0-9._-]+:\d{1,5}$|^dns\+srv:\/\/[a-z0-9._-]+$/

/** Normalizes an address: `http://a:80/` is `http://a`; undefined when it is invalid. */
const addressOf = (text: string): string | undefined => {
  if (dnsAddress.test(text)) return text
  if (!/^https?:\/\/[^/?#@\s]+\/?$/.test(text) || !URL.canParse(text)) return undefined
  return new URL(text).origin
}

/** Splits a text at separators, and trims the parts. */
const parts = (text: string, separator: string): string[] =>
  text.split(separator).map((part) => part.trim())

/**
 * Parses the addresses of contexts: `ordering,payments=http://a:3000,http://b:3000;*=dns://api.example:3000`.
 * @returns the upstreams, or an explanation of what is invalid
 */
export const upstreamsOf = (text: string): readonly UpstreamSetting[] | string => {
  const read: UpstreamSetting[] = []
  const seen = new Set<string>()
  for (const entry of parts(text, ';').filter(Boolean)) {
    const [names = '', places, ...more] = parts(entry, '=')
    if (places === undefined || more.length > 0 || !services.test(names))
      return `must have contexts, or *, before each = and their addresses after it; not ${entry}`
    const addresses: string[] = []
    for (const place of parts(places, ',')) {
      const address = addressOf(place)
      if (address === undefined)
        return `must have addresses like http://host:3000, dns://name:3000 or dns+srv://name; not ${place}`
      addresses.push(address)
    }
    for (const name of parts(names, ',')) {
      if (seen.has(name)) return `names ${name} twice`
      seen.add(name)
    }
    read.push({ services: parts(names, ','), addresses })
  }
  return read.length > 0 ? read : 'names no context'
}
