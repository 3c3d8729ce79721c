import type { Database } from '../../src/platform/engines/postgres/database.ts'

/** Every table of a database, with how many rows it has and what is in them. */
export const contentsOf = async ({
  query,
}: Database): Promise<Readonly<Record<string, unknown>>> => {
  const tables = await query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'
     ORDER BY 1`,
  )
  const found: Record<string, unknown> = {}
  for (const { name } of tables)
    found[name] = await query(
      `SELECT count(*), md5(string_agg(it::text, ',' ORDER BY it::text)) FROM ${name} it`,
    )
  return found
}
