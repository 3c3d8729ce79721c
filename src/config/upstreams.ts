/** Some contexts, and where they are served. */
export type UpstreamSetting = {
  /** Their names; `*` for all that are not named. */
  readonly services: readonly string[]
  /** `http://host:port`, `dns://name:port` or `dns+srv://name`. */
  readonly addresses: readonly string[]
}

const services = /^(\*|[a-z]+(,[a-z]+)*)$/
const named = /^dns:\/\/[a-z0-9._-]+:\d{1,5}$|^dns\+srv:\/\/[a-z0-9._-]+$/

/** An address as URLs are compared: `http://a:80/` is `http://a`. */
const addressOf = (text: string): string | undefined => {
  if (named.test(text)) return text
  if (!/^https?:\/\/[^/?#@\s]+\/?$/.test(text) || !URL.canParse(text)) return undefined
  return new URL(text).origin
}

/** What stands between separators. */
const parts = (text: string, separator: string): string[] =>
  text.split(separator).map((part) => part.trim())

/**
 * Reads who serves what: `ordering,payments=http://a:3000,http://b:3000;*=dns://api.example:3000`.
 * @returns a text that says what is wrong
 */
export const upstreamsOf = (text: string): readonly UpstreamSetting[] | string => {
  const read: UpstreamSetting[] = []
  const seen = new Set<string>()
  for (const entry of parts(text, ';').filter(Boolean)) {
    const [names = '', places, ...more] = parts(entry, '=')
    if (places === undefined || more.length > 0 || !services.test(names))
      return `has contexts, or *, before each = and their addresses after it; not ${entry}`
    const addresses: string[] = []
    for (const place of parts(places, ',')) {
      const address = addressOf(place)
      if (address === undefined)
        return `has addresses like http://host:3000, dns://name:3000 or dns+srv://name; not ${place}`
      addresses.push(address)
    }
    for (const name of parts(names, ',')) {
      if (seen.has(name)) return `names ${name} twice`
      seen.add(name)
    }
    read.push({ services: parts(names, ','), addresses })
  }
  return read.length > 0 ? read : 'names nobody'
}
