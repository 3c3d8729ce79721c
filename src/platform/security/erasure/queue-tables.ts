import type { Database } from '../../engines/postgres/database.ts'
import type { CheckedPlace } from './port.ts'
import type { Sought } from './matches-person.ts'
import { tells, valuesOf } from './tells-in-sql.ts'

const isTheirs = (text: string) => `(strpos(${text}, $1) > 0 OR ${tells(text)})`

/**
 * A job is a bundle of what was asked for, of others as well: what is about them stays. `json`, as `jsonb` holds no NUL.
 */
const withoutThem = `data || json_build_object('json', CASE
  WHEN json_typeof((data ->> 'json')::json) = 'array' THEN (
    SELECT '[' || coalesce(string_agg(asked::text, ','), '') || ']'
    FROM json_array_elements((data ->> 'json')::json) AS asked WHERE NOT ${isTheirs('asked::text')})
  ELSE '[]' END)::jsonb`

/** How the tables of BullMQ are cleared of somebody. Jobs stay, those that have nothing to do any more as well. */
const clearings = (schema: string): Readonly<Record<string, string>> => ({
  'jobs of BullMQ': `UPDATE ${schema}.job SET data = ${withoutThem} WHERE ${isTheirs("data ->> 'json'")}`,
  'failures in BullMQ': `UPDATE ${schema}.job
    SET failed_reason = '(forgotten)', stacktrace = '[]', deferred_failure = NULL
    WHERE ${isTheirs("concat(failed_reason, ' ', stacktrace::text, ' ', deferred_failure)")}`,
  'events of BullMQ': `DELETE FROM ${schema}.event WHERE ${isTheirs('data::text')}`,
})

/**
 * Forgets somebody in the tables of BullMQ, where there are any.
 * @param schema where they are
 */
export const inQueueTables = async (
  database: Pick<Database, 'query'>,
  sought: Sought,
  schema = 'bullmq',
): Promise<readonly CheckedPlace[]> => {
  const [kept] = await database.query<{ there: boolean }>({
    text: 'SELECT to_regclass($1) IS NOT NULL AS there',
    values: [`${schema}.job`],
  })
  if (!kept?.there) return []
  const places: CheckedPlace[] = []
  for (const [place, text] of Object.entries(clearings(schema))) {
    // One statement each: BullMQ takes its locks in an order of its own.
    const rows = await database.query({
      text: `WITH gone AS (${text} RETURNING 1), used AS (SELECT $1::text, $2::text[], $3::text[])
        SELECT 1 FROM gone`,
      values: valuesOf(sought),
    })
    places.push({ place, found: rows.length, removed: rows.length })
  }
  return places
}
