import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Statement } from '../../engines/postgres/database.ts'

/** So many texts without a name are remembered, with how often each was used. */
const remembered = 500

/**
 * Gives statements names by their text, so that they are prepared once a connection.
 * @param options.most so many texts at the most; further ones get no name, since connections keep what they prepared,
 *   and a process keeps the names; default 500
 * @param options.after a text gets a name when it is used so often, so that frequent texts have the names; default 1
 */
export const preparing = ({ most = 500, after = 1 } = {}) => {
  const names = new Map<string, string>()
  const uses = new LRUCache<string, number>({ max: remembered })

  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known !== undefined || names.size >= most) return known
    const times = (uses.get(text) ?? 0) + 1
    uses.set(text, times)
    if (times < after) return undefined
    uses.delete(text)
    const name = `documents_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
    names.set(text, name)
    return name
  }

  return (text: string, values: readonly unknown[]): Statement => {
    const name = nameOf(text)
    return { text, values, ...(name && { name }) }
  }
}
