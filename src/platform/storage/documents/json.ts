/**
 * Replaces what PostgreSQL cannot store by U+FFFD: U+0000 and unpaired surrogates. Clients can send such characters, which
 * must not stop a projection; all adapters replace them.
 */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** Escapes that `JSON.stringify` writes for such characters, and only for them unless a backslash precedes. */
const suspicious = /\\u(?:0000|d[89a-f])/

/** A document as JSON, on one line. */
export const jsonOf = (document: unknown): string => {
  const json = JSON.stringify(document)
  if (!suspicious.test(json)) return json
  return JSON.stringify(JSON.parse(json), (_, value: unknown) => {
    if (typeof value === 'string') return storable(value)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [storable(name), field]))
  })
}
