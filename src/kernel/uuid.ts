import { hash } from 'node:crypto'

/** Separates the parts of a name: no id contains it, so no two lists of parts read alike. */
const separator = '\u0000'

/**
 * A UUID that follows from its parts (version 5, RFC 9562 §5.5, without a namespace of its own).
 * @param parts what it follows from, in order
 */
export const derivedUuid = (...parts: readonly string[]): string => {
  const hex = hash('sha1', parts.join(separator), 'hex')
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
