import { createHash } from 'node:crypto'
import { boundedCache } from '../../bounded-cache.ts'
import type { Statement } from '../../engines/postgres/database.ts'

/** Number of unnamed texts whose uses are counted. */
const remembered = 500

/**
 * Names statements by their text, so that each connection prepares them once.
 * @param options.most maximum number of names, because connections hold prepared statements and the process holds names;
 *   further texts stay unnamed; default 500
 * @param options.after number of uses after which a text is named, so that frequent texts get the names; default 1
 */
export const preparing = ({ most = 500, after = 1 } = {}) => {
  const names = new Map<string, string>()
  const uses = boundedCache<string, number>(remembered)

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
