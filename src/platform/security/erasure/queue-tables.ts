import type { Database } from '../../engines/postgres/database.ts'
import type { CheckedPlace } from './port.ts'
import type { Sought } from './matches-person.ts'
import { matches, valuesOf } from './tells-in-sql.ts'

const isOfPerson = (text: string) => `(strpos(${text}, $1) > 0 OR ${matches(text)})`

/** A job's data without the requests about the person; those about others stay. `json`, as `jsonb` holds no NUL. */
const withoutPerson = `data || json_build_object('json', CASE
  WHEN json_typeof((data ->> 'json')::json) = 'array' THEN (
    SELECT '[' || coalesce(string_agg(request::text, ','), '') || ']'
    FROM json_array_elements((data ->> 'json')::json) AS request WHERE NOT ${isOfPerson('request::text')})
  ELSE '[]' END)::jsonb`

/** Statements that remove the data of a person from the tables of BullMQ. Jobs stay, also those whose data is empty then. */
const clearings = (schema: string): Readonly<Record<string, string>> => ({
  'jobs of BullMQ': `UPDATE ${schema}.job SET data = ${withoutPerson} WHERE ${isOfPerson("data ->> 'json'")}`,
  'failures in BullMQ': `UPDATE ${schema}.job
    SET failed_reason = '(forgotten)', stacktrace = '[]', deferred_failure = NULL
    WHERE ${isOfPerson("concat(failed_reason, ' ', stacktrace::text, ' ', deferred_failure)")}`,
  'events of BullMQ': `DELETE FROM ${schema}.event WHERE ${isOfPerson('data::text')}`,
})

/**
 * Removes the data of a person from the tables of BullMQ, if they exist.
 * @param schema the schema of the tables
 */
export const inQueueTables = async (
  database: Pick<Database, 'query'>,
  sought: Sought,
  schema = 'bullmq',
): Promise<readonly CheckedPlace[]> => {
  const [table] = await database.query<{ there: boolean }>({
    text: 'SELECT to_regclass($1) IS NOT NULL AS there',
    values: [`${schema}.job`],
  })
  if (!table?.there) return []
  const places: CheckedPlace[] = []
  for (const [place, text] of Object.entries(clearings(schema))) {
    // A transaction for each statement: BullMQ acquires its locks in an order of its own.
    const rows = await database.query({
      text: `WITH gone AS (${text} RETURNING 1), used AS (SELECT $1::text, $2::text[], $3::text[])
        SELECT 1 FROM gone`,
      values: valuesOf(sought),
    })
    places.push({ place, found: rows.length, removed: rows.length })
  }
  return places
}
