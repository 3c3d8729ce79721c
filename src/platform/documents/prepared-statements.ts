import { createHash } from 'node:crypto'
import type { Statement } from '../postgres/database.ts'

/**
 * Gives statements names by their text, so that they are prepared once a connection.
 * @param most so many texts at the most; further ones get no name, since connections keep what they prepared
 */
export const preparing = (most = 500) => {
  const names = new Map<string, string>()
  return (text: string, values: readonly unknown[]): Statement => {
    let name = names.get(text)
    if (name === undefined && names.size < most) {
      name = `documents_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
      names.set(text, name)
    }
    return { text, values, ...(name && { name }) }
  }
}
