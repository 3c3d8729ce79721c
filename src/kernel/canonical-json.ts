// Written here instead of using `canonicalize`: that takes 1.6 times as long for an order's event (12.3 µs, not 7.6), and
// throws at a lone surrogate, which a log of EventStoreDB may contain.

/** Cache of field names as JSON. There are few, and they repeat with every event; the limit keeps names made of data out. */
const quoted = new Map<string, string>()
const maxQuoted = 5_000
const quotedName = (name: string): string => {
  const cached = quoted.get(name)
  if (cached !== undefined) return cached
  const text = JSON.stringify(name)
  if (quoted.size < maxQuoted) quoted.set(name, text)
  return text
}

/**
 * Returns canonical JSON (RFC 8785), with sorted names and without whitespace: equal values give equal text, whichever
 * store they come from (PostgreSQL's jsonb does not preserve the order).
 * @param value as JSON.parse returns it
 */
export const canonicalJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  // Built by hand for speed: it runs for whole logs, with some hundred values per event.
  let text = ''
  if (Array.isArray(value)) {
    for (const item of value) text += `${text && ','}${canonicalJson(item)}`
    return `[${text}]`
  }
  const fields = value as Readonly<Record<string, unknown>>
  for (const name of Object.keys(fields).sort()) {
    const field = fields[name]
    if (field !== undefined) text += `${text && ','}${quotedName(name)}:${canonicalJson(field)}`
  }
  return `{${text}}`
}
