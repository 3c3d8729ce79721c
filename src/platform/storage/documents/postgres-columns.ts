import type { Session } from '../../engines/postgres/database.ts'
import { liveColumns } from './postgres-views.ts'

/** Time to live of the cached columns of a read model, in ms: another process may add an index. */
const timeToLive = 1_000

/**
 * Caches the columns of live views. They are reloaded only if one that a query needs is missing.
 * @returns a function from the name of a read model and the columns that a query needs to all its columns; with
 *   `isStrict`, missing columns are reloaded whenever they were loaded last
 */
export const cachedLiveColumns = (session: Session) => {
  const columns = new Map<string, { readonly names: ReadonlySet<string>; readonly at: number }>()
  return async (
    name: string,
    needed: readonly string[],
    { isStrict = false } = {},
  ): Promise<ReadonlySet<string>> => {
    const known = columns.get(name)
    if (needed.every((column) => known?.names.has(column))) return known?.names ?? new Set<string>()
    if (!isStrict && known && performance.now() - known.at < timeToLive) return known.names
    const names = await liveColumns(session, name)
    columns.set(name, { names, at: performance.now() })
    return names
  }
}
