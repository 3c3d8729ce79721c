import { hash } from 'node:crypto'

/** Separator between the parts of a name. No id contains it, so two different lists of parts never give the same name. */
const separator = '\u0000'

/**
 * Returns a UUID that is derived from its parts (version 5, RFC 9562 §5.5, without a namespace of its own).
 * @param parts the input of the hash; their order matters
 */
export const derivedUuid = (...parts: readonly string[]): string => {
  const hex = hash('sha1', parts.join(separator), 'hex')
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
