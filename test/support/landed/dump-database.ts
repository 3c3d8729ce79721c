import pg from 'pg'
import type { Session } from '../../../src/platform/engines/postgres/database.ts'

/** The schemas that Agora has; `public` holds the views for people. */
const schemas = `('agora', 'read', 'public')`

/** Relations of Agora, without those of extensions. */
const relations = `
  SELECT c.oid, c.relkind, c.relpersistence, c.reloptions, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ${schemas} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`

type Relation = { readonly name: string; readonly ddl: string }

/** Tables, each with the statement that creates it without its indexes. */
const tablesOf = ({ query }: Session): Promise<Relation[]> =>
  query<Relation>(`
    SELECT r.name, format('CREATE %sTABLE %s (%s)%s', CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, r.name,
      (SELECT string_agg(line, ', ' ORDER BY place) FROM (
        SELECT a.attnum::integer AS place, concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
          CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END,
          CASE WHEN a.attnotnull THEN 'NOT NULL' END,
          CASE a.attgenerated WHEN '' THEN 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
            ELSE format('GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid)) END) AS line
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT 2000, format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k
        WHERE k.conrelid = r.oid AND k.contype IN ('p', 'u', 'c')) AS lines),
      ' WITH (' || array_to_string(r.reloptions, ', ') || ')') AS ddl
    FROM (${relations}) AS r WHERE r.relkind = 'r' ORDER BY r.name`)

/** Indexes that belong to no constraint. */
const indexesOf = ({ query }: Session): Promise<Relation[]> =>
  query<Relation>(`
    SELECT r.name, pg_get_indexdef(r.oid) AS ddl FROM (${relations}) AS r
    WHERE r.relkind = 'i' AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = r.oid) ORDER BY r.name`)

/** Views, in the order in which they were created. */
const viewsOf = ({ query }: Session): Promise<Relation[]> =>
  query<Relation>(`
    SELECT r.name, format('CREATE VIEW %s%s AS %s', r.name,
      ' WITH (' || array_to_string(r.reloptions, ', ') || ')', pg_get_viewdef(r.oid)) AS ddl
    FROM (${relations}) AS r WHERE r.relkind = 'v' ORDER BY r.oid`)

/** Functions of Agora, with their source. */
const functionsOf = ({ query }: Session): Promise<Relation[]> =>
  query<Relation>(`
    SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS ddl
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ${schemas}
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1`)

/** What this dump leaves to the migrations: a database that got one of these otherwise is restored incompletely. */
const othersOf = ({ query }: Session): Promise<Relation[]> =>
  query<Relation>(`
    SELECT r.name, format('%s %s', r.relkind, r.name) AS ddl FROM (${relations}) AS r
    UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT conname, format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    UNION ALL SELECT a.attname, format('%s %s identity %s', r.name, a.attname, a.attidentity)
    FROM pg_attribute a JOIN (${relations}) AS r ON r.oid = a.attrelid WHERE a.attidentity <> ''`)

/** Rows of a table as JSON, one text each, without its generated columns. */
const rowsOf = async ({ query }: Session, table: string): Promise<Dumped> => {
  const columns = await query<{ name: string }>({
    text: `SELECT quote_ident(attname) AS name FROM pg_attribute
           WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    values: [table],
  })
  const names = columns.map(({ name }) => name).join(', ')
  const rows = await query<{ row: string }>(
    `SELECT row_to_json(t)::text AS row FROM (SELECT ${names} FROM ${table}) AS t ORDER BY 1`,
  )
  return { table, names, rows: rows.map(({ row }) => row) }
}
type Dumped = { readonly table: string; readonly names: string; readonly rows: readonly string[] }

/** A statement that inserts all rows of a table. PostgreSQL reads the JSON, so that no number passes through JavaScript. */
const insertOf = ({ table, names, rows }: Dumped): string =>
  `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, ${pg.escapeLiteral(`[${rows.join(',\n')}]`)})`

/**
 * Every relation, function and row of a database as texts in order: two databases that are equal by it behave equally.
 */
export const describeDatabase = async (session: Session): Promise<readonly string[]> => {
  const tables = await tablesOf(session)
  const rows = await Promise.all(tables.map(({ name }) => rowsOf(session, name)))
  const relationsAndFunctions = [
    ...tables,
    ...(await indexesOf(session)),
    ...(await viewsOf(session)),
    ...(await functionsOf(session)),
    ...(await othersOf(session)),
  ]
  return [
    ...relationsAndFunctions.map(({ ddl }) => ddl),
    ...rows.flatMap(({ table, rows: found }) => found.map((row) => `${table}: ${row}`)),
  ].toSorted()
}

/**
 * Writes a database of Agora as SQL that restores it into an empty one, without the programs of PostgreSQL.
 * @param migrations the SQL files that had been run on it, in their order
 * @param scratch an empty database on the same server; it has been migrated afterwards
 */
export const dumpDatabase = async (
  database: Session,
  migrations: readonly string[],
  scratch: Session,
): Promise<string> => {
  const schema = [
    'CREATE SCHEMA agora',
    ...migrations.map((sql) => sql.trim().replace(/;$/, '')),
  ].join(';\n')
  await scratch.query(schema)

  // What the migrations have not made was made while Agora ran: generations of read models, their indexes and views.
  const missing = async (of: (session: Session) => Promise<Relation[]>): Promise<string[]> => {
    const made = new Set((await of(scratch)).map(({ name }) => name))
    return (await of(database)).flatMap(({ name, ddl }) => (made.has(name) ? [] : [ddl]))
  }
  const tables = await tablesOf(database)
  const made = await tablesOf(scratch)
  const rows = await Promise.all(tables.map(({ name }) => rowsOf(database, name)))
  return `${[
    schema,
    ...(await missing(tablesOf)),
    ...(await missing(indexesOf)),
    ...(await missing(viewsOf)).map((view) => view.replace(/;$/, '')),
    // Migrations insert rows as well.
    `TRUNCATE ${made.map(({ name }) => name).join(', ')}`,
    // Without it, tables would have to be in the order of their foreign keys.
    'SET session_replication_role = replica',
    ...rows.filter(({ rows: found }) => found.length > 0).map(insertOf),
    'RESET session_replication_role',
  ].join(';\n')};\n`
}
