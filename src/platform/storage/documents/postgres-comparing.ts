import type { Database } from '../../engines/postgres/database.ts'
import { storable } from './json.ts'
import {
  GenerationMissing,
  type ComparedRange,
  type DocumentStore,
  type Generation,
} from './port.ts'
import { tableOf } from './postgres-names.ts'
import { isMissing } from './sql-state.ts'

/** The error of a statement on a table: GenerationMissing where there is none. */
export const missing = (generation: Generation, error: unknown): unknown =>
  isMissing(error)
    ? new GenerationMissing(`${tableOf(generation)} is not there`, { cause: error })
    : error

/** The key of the last of $2 documents after $1; NULL when there are fewer. LEAST passes over NULL. */
const lastKey = (generation: Generation): string =>
  `(SELECT key FROM ${tableOf(generation)} WHERE $1::text IS NULL OR key > $1
    ORDER BY key OFFSET $2::integer - 1 LIMIT 1)`

/** Documents after $1, up to $2. */
const within = (generation: Generation): string =>
  `(SELECT key, doc FROM ${tableOf(generation)}
    WHERE ($1::text IS NULL OR key > $1) AND ($2::text IS NULL OR key <= $2))`

const compareSql = (live: Generation, next: Generation): string => `
  SELECT count(*) FILTER (WHERE live.doc = next.doc)::integer AS same,
    count(*) FILTER (WHERE live.doc <> next.doc)::integer AS different,
    count(*) FILTER (WHERE next.key IS NULL)::integer AS "onlyOld",
    count(*) FILTER (WHERE live.key IS NULL)::integer AS "onlyNew"
  FROM ${within(live)} AS live FULL JOIN ${within(next)} AS next USING (key)`

/**
 * Compares two generations in PostgreSQL, as `DocumentStore.compare`. Two statements, not prepared: with its end known, a
 * range is read from the index of keys.
 */
export const comparing =
  (database: Database): DocumentStore['compare'] =>
  async (live, next, { after, limit }) => {
    const from = after === undefined ? null : storable(after)
    try {
      const [range] = await database.query<{ end: string | null }>({
        text: `SELECT LEAST(${lastKey(live)}, ${lastKey(next)}) AS end`,
        values: [from, limit],
      })
      const end = range!.end
      const [counts] = await database.query<ComparedRange>({
        text: compareSql(live, next),
        values: [from, end],
      })
      return { ...counts!, ...(end !== null && { end }) }
    } catch (error) {
      if (!isMissing(error)) throw error
      throw new GenerationMissing(`${tableOf(live)} or ${tableOf(next)} is not there`, {
        cause: error,
      })
    }
  }
