import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Database, Session } from '../../engines/postgres/database.ts'
import { isMissing, sqlStateOf } from './sql-state.ts'
import { Unavailable } from '../../unavailable.ts'
import type { Searching } from '#kernel'
import {
  allWordsSql,
  completeVocabulary,
  createVocabulary,
  wordArraySql,
} from '../search/postgres-vocabulary.ts'
import { columnsOf } from './columns.ts'
import { fieldOf, type Field } from './fields.ts'
import type { Generation, Generations } from './port.ts'
import { computedColumnsOf, wordsColumnsOf, type ComputedColumn } from './postgres-computed.ts'
import {
  checkName,
  columnOf,
  columnSql,
  fieldOfColumn,
  foldedColumnOf,
  liveViewOf,
  liveVocabularyOf,
  publicViewOf,
  tableOf,
  valueSql,
  vocabularyOf,
} from './postgres-names.ts'

/** Any number would do; it only has to be the same in every process. */
const lock = 4_711_002

const attempts = 5

/**
 * Changes tables and views of a read model, in one transaction and alone: other processes take turns. When someone's
 * long query is in the way it steps back and tries again, since whoever comes later would wait behind it.
 * @throws Unavailable when it did not come through
 */
const changing = async <T>(
  database: Database,
  name: string,
  change: (session: Session) => Promise<T>,
): Promise<T> => {
  checkName(name)
  for (let attempt = 1; ; attempt += 1)
    try {
      return await database.transaction(async (session) => {
        await session.query({
          text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
          values: [lock, name],
        })
        await session.query(`SET LOCAL lock_timeout = '1s'`)
        return await change(session)
      })
    } catch (error) {
      // lock_not_available
      if (sqlStateOf(error) !== '55P03') throw error
      if (attempt === attempts)
        throw new Unavailable(`${name} is being queried for too long to be changed`, {
          cause: error,
        })
      await pause(500)
    }
}

const columnNames = async (session: Session, relation: string): Promise<readonly string[]> => {
  const rows = await session.query<{ name: string }>({
    text: `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    values: [relation],
  })
  return rows.map(({ name }) => name)
}

/** The columns of the live view of a read model: what a query may name. Empty when nothing was published. */
export const liveColumns = async (session: Session, name: string): Promise<ReadonlySet<string>> =>
  new Set(await columnNames(session, liveViewOf(name)))

const indexedField = ({ projection }: Generation, name: string): Field => {
  const field = fieldOf(projection.document, name)
  if (!field) throw new Error(`${projection.name} cannot be indexed by "${name}"`)
  return field
}

/** Replaces the live view. It keeps every column it ever had: other processes may run older code that names them. */
const showLive = async (session: Session, generation: Generation): Promise<void> => {
  const view = liveViewOf(generation.projection.name)
  const stored = await columnNames(session, tableOf(generation))
  const shown = [...new Set([...(await columnNames(session, view)), ...stored])]
  const columns = shown.map((name) => {
    const column = pg.escapeIdentifier(name)
    const field = fieldOfColumn(name)
    return stored.includes(name) || !field ? column : `${valueSql(field)} AS ${column}`
  })
  await session.query(
    `CREATE OR REPLACE VIEW ${view} AS SELECT ${columns.join(', ')} FROM ${tableOf(generation)}`,
  )
  if (generation.projection.search) await showLiveVocabulary(session, generation)
}

/** Replaces the live view of words, or drops it where the generation has none. */
const showLiveVocabulary = async (session: Session, generation: Generation): Promise<void> => {
  const view = liveVocabularyOf(generation.projection.name)
  const there = await columnNames(session, vocabularyOf(generation))
  await session.query(
    there.length === 0
      ? `DROP VIEW IF EXISTS ${view}`
      : `CREATE OR REPLACE VIEW ${view} AS SELECT word, uses, variants FROM ${vocabularyOf(generation)}`,
  )
}

/** Replaces the view that people query. */
const showPeople = async (session: Session, generation: Generation): Promise<void> => {
  const { name, document } = generation.projection
  const view = publicViewOf(name)
  const columns = columnsOf(document).map(
    (column) => `${column.sql} AS ${pg.escapeIdentifier(column.name)}`,
  )
  const query = `SELECT ${columns.join(', ')} FROM ${tableOf(generation)}`
  await session.query('SAVEPOINT replace')
  try {
    await session.query(`CREATE OR REPLACE VIEW ${view} AS ${query}`)
  } catch (error) {
    // invalid_table_definition: columns changed, so it has to be made anew.
    if (sqlStateOf(error) !== '42P16') throw error
    await session.query('ROLLBACK TO replace')
    await session.query(`DROP VIEW ${view}`)
    await session.query(`CREATE VIEW ${view} AS ${query}`)
  }
}

const isLive = async (session: Session, { projection, generation }: Generation) => {
  const rows = await session.query({
    text: `SELECT FROM agora.generations WHERE name = $1 AND generation = $2 AND status = 'live'`,
    values: [projection.name, generation],
  })
  return rows.length > 0
}

/**
 * Inserts the record of a generation that has none. An existing one is not touched: writers lock its table before its
 * row, in another order the two would wait for each other.
 */
const record = async (
  session: Session,
  { projection, generation, store }: Generation,
): Promise<void> => {
  const [known] = await session.query<{ status: string }>({
    text: 'SELECT status FROM agora.generations WHERE name = $1 AND generation = $2',
    values: [projection.name, generation],
  })
  if (known && known.status !== 'dropped') return
  await session.query({
    text: `INSERT INTO agora.generations (name, generation, version, store, status)
      VALUES ($1, $2, $3, $4, 'building')
      ON CONFLICT (name, generation) DO UPDATE
      SET status = 'building', version = excluded.version, store = excluded.store, position = 0,
        started_at = now(), published_at = NULL, comparison = NULL`,
    values: [projection.name, generation, projection.version, store],
  })
}

/** Number of documents that one statement computes columns of. */
const computedAtOnce = 1_000

/** Fills new computed columns of the documents that are there. */
const computeAll = async (
  session: Session,
  generation: Generation,
  computed: readonly ComputedColumn[],
): Promise<void> => {
  const table = tableOf(generation)
  const columns = computed.map(({ name }) => pg.escapeIdentifier(name))
  for (let after = ''; ;) {
    const rows = await session.query<{ key: string; doc: unknown }>({
      text: `SELECT key, doc FROM ${table} WHERE key > $1 ORDER BY key LIMIT ${computedAtOnce}`,
      values: [after],
    })
    const last = rows.at(-1)
    if (!last) return
    after = last.key
    await session.query({
      text: `UPDATE ${table} AS document
        SET ${columns.map((column, at) => `${column} = row.f${at}`).join(', ')}
        FROM unnest($1::text[], ${columns.map((_, at) => `$${at + 2}::text[]`).join(', ')})
          AS row(key, ${columns.map((_, at) => `f${at}`).join(', ')})
        WHERE document.key = row.key`,
      values: [
        rows.map(({ key }) => key),
        ...computed.map(({ valueIn }) => rows.map(({ doc }) => valueIn(doc))),
      ],
    })
  }
}

/**
 * The computed columns that a table lacks. That of a generation by another version of the projection stays as it is: the
 * process that builds it does not write them.
 */
const lackingComputed = async (
  session: Session,
  { projection, generation }: Generation,
  there: readonly string[],
): Promise<readonly ComputedColumn[]> => {
  const lacking = computedColumnsOf(projection).filter(({ name }) => !there.includes(name))
  if (there.length === 0 || lacking.length === 0) return lacking
  const [known] = await session.query<{ version: number }>({
    text: 'SELECT version FROM agora.generations WHERE name = $1 AND generation = $2',
    values: [projection.name, generation],
  })
  return known?.version === projection.version ? lacking : []
}

/** The name of an index of a generation. @param columns what it is on, as SQL */
const indexName = ({ projection, generation }: Generation, columns: string): string => {
  const digest = createHash('sha256').update(columns).digest('hex').slice(0, 8)
  return `${projection.name}_g${generation}_${digest}`.slice(-63)
}

/**
 * The indexes of a table that the projection no longer declares. Those of a generation by another version of it are left
 * alone. Their columns stay: processes that run older code may name them.
 * @param declared the names of those that it does
 */
const superfluous = async (
  session: Session,
  generation: Generation,
  declared: readonly string[],
): Promise<readonly string[]> => {
  const { projection, generation: number } = generation
  const rows = await session.query<{ name: string }>({
    text: `SELECT indexrelid::regclass::text AS name
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE indrelid = to_regclass($1) AND NOT indisprimary AND relname <> ALL ($2)
        AND relname ~ ('_g' || $3::int || '_[0-9a-f]{8}$')
        AND EXISTS (SELECT FROM agora.generations
          WHERE name = $4 AND generation = $3 AND version = $5)`,
    values: [tableOf(generation), declared, number, projection.name, projection.version],
  })
  return rows.map(({ name }) => name)
}

/** Fields that hits are ordered and counted by. */
const orderedFields = (
  generation: Generation,
  { newest, facets = {} }: Searching,
): readonly Field[] =>
  [newest, ...Object.values(facets).map(({ field }) => field)].map((name) =>
    indexedField(generation, name),
  )

/** Indexes of searches: parts of words, whole words, and the order of hits of a search without words. */
const searchIndexes = (generation: Generation, search: Searching) => {
  const newest = pg.escapeIdentifier(columnOf(indexedField(generation, search.newest)))
  return [
    { method: 'gin', columns: `(${allWordsSql(search)} COLLATE "default") public.gin_trgm_ops` },
    { method: 'gin', columns: `(${wordArraySql(search)})` },
    { method: 'btree', columns: `${newest} DESC NULLS LAST, key` },
  ]
}

/** Creates the table of a generation, or what is missing of it, and drops indexes that are no longer declared. */
const ensureTable = async (session: Session, generation: Generation): Promise<void> => {
  const { projection } = generation
  const table = tableOf(generation)
  const indexes = projection.indexes.map((names) =>
    names.map((name) => indexedField(generation, name)),
  )
  const searched = (projection.searched ?? []).map((name) => indexedField(generation, name))
  const there = await columnNames(session, table)
  const toCompute = await lackingComputed(session, generation, there)
  const willHave = (column: string): boolean =>
    there.includes(column) || toCompute.some(({ name }) => name === column)
  const words = wordsColumnsOf(projection)
  const search = words.every(({ name }) => willHave(name)) ? projection.search : undefined
  const fields = new Map(
    [...indexes.flat(), ...(search ? orderedFields(generation, search) : [])].map((field) => [
      columnOf(field),
      field,
    ]),
  )
  const stored = [
    ...[...fields]
      .filter(([column]) => !there.includes(column))
      .map(([, field]) => columnSql(field)),
    ...toCompute.map(({ sql }) => sql),
  ]
  // A fifth of each page stays free, so that most updates find room in theirs.
  if (there.length === 0)
    await session.query(
      `CREATE TABLE ${table} (${[
        'key text COLLATE "C" PRIMARY KEY',
        'doc jsonb NOT NULL',
        ...stored,
      ].join(', ')}) WITH (fillfactor = 80)`,
    )
  const quoted = (field: Field) => pg.escapeIdentifier(columnOf(field))
  const declared = [
    ...indexes.map((names) => ({ method: 'btree', columns: names.map(quoted).join(', ') })),
    // In the database's own collation, which knows more letters than a to z.
    ...searched
      .filter((field) => willHave(foldedColumnOf(field)))
      .map((field) => {
        const text = `${pg.escapeIdentifier(foldedColumnOf(field))} COLLATE "default"`
        return { method: 'gin', columns: `(${text}) public.gin_trgm_ops` }
      }),
    ...(search ? searchIndexes(generation, search) : []),
  ].map((index) => ({ ...index, name: indexName(generation, index.columns) }))
  const toDrop = await superfluous(
    session,
    generation,
    declared.map(({ name }) => name),
  )
  const grow = there.length > 0 && stored.length > 0
  const live = (grow || toDrop.length > 0) && (await isLive(session, generation))
  // Readers take the view before the table; in another order the two would wait for each other.
  if (live) await session.query(`LOCK TABLE ${liveViewOf(projection.name)}`)
  if (grow)
    await session.query(
      `ALTER TABLE ${table} ${stored.map((column) => `ADD COLUMN ${column}`).join(', ')}`,
    )
  if (grow && toCompute.length > 0) await computeAll(session, generation, toCompute)
  if (toDrop.length > 0) await session.query(`DROP INDEX ${toDrop.join(', ')}`)
  for (const { name, method, columns } of declared)
    await session.query(
      `CREATE INDEX IF NOT EXISTS "${name}" ON ${table} USING ${method} (${columns})`,
    )
  if (search)
    await createVocabulary(session, generation, {
      isEmpty: there.length === 0,
      isNew: words.some(({ name }) => !there.includes(name)),
    })
  if (live && search) await completeVocabulary(session, generation)
  if (live) await showLive(session, generation)
}

/** Creates the record of a generation, and its table where its documents are in PostgreSQL. */
const ensure = async (session: Session, generation: Generation): Promise<void> => {
  await record(session, generation)
  if (generation.store === 'postgres') await ensureTable(session, generation)
}

/**
 * Drops the views of a read model whose documents are in another store from now on: they would show what once was. Views
 * that analysts have built on them go too, as the tables below do.
 */
const dropViews = (session: Session, name: string) =>
  session.query(
    `DROP VIEW IF EXISTS ${liveViewOf(name)}, ${publicViewOf(name)}, ${liveVocabularyOf(name)} CASCADE`,
  )

/** The switch itself; readers of the live view are held up for the last statement only. */
const switchTo = async (session: Session, generation: Generation): Promise<void> => {
  const { name } = generation.projection
  const isHere = generation.store === 'postgres'
  if (isHere && generation.projection.search) await completeVocabulary(session, generation)
  if (isHere) await showPeople(session, generation)
  await session.query({
    text: `UPDATE agora.generations SET status = 'retired'
      WHERE name = $1 AND status = 'live' AND generation <> $2`,
    values: [name, generation.generation],
  })
  await session.query({
    text: `UPDATE agora.generations SET status = 'live', published_at = now()
      WHERE name = $1 AND generation = $2 AND status IN ('building', 'retired')`,
    values: [name, generation.generation],
  })
  if (!(await isLive(session, generation)))
    throw new Error(`${name} has no generation ${generation.generation}`)
  if (isHere) await showLive(session, generation)
  else await dropViews(session, name)
}

/**
 * Makes, publishes and drops the tables and views of generations, each in one transaction. Processes that do so at the
 * same time take turns.
 */
export const postgresGenerations = (
  database: Database,
): Pick<Generations, 'begin' | 'storeFor' | 'create' | 'has' | 'drop' | 'publish'> => ({
  storeFor: () => 'postgres',

  begin: (projection, store = 'postgres') =>
    changing(database, projection.name, async (session) => {
      const [row] = await session.query<{ next: number }>({
        text: 'SELECT coalesce(max(generation), 0) + 1 AS next FROM agora.generations WHERE name = $1',
        values: [projection.name],
      })
      const generation = { projection, generation: row!.next, store }
      await ensure(session, generation)
      return generation
    }),

  has: async (generation) => {
    const [row] = await database.query<{ has: boolean }>({
      text: 'SELECT to_regclass($1) IS NOT NULL AS has',
      values: [tableOf(generation)],
    })
    return row?.has ?? false
  },

  create: (generation) =>
    changing(database, generation.projection.name, (session) => ensure(session, generation)),

  drop: (generation) =>
    changing(database, generation.projection.name, async (session) => {
      const { projection, generation: number } = generation
      if (await isLive(session, generation))
        throw new Error(`${projection.name} is answered for by generation ${number}`)
      await session.query(`DROP TABLE IF EXISTS ${tableOf(generation)}`)
      // With the live view of words, which a projection that is no longer searched leaves behind.
      await session.query(`DROP TABLE IF EXISTS ${vocabularyOf(generation)} CASCADE`)
      await session.query({
        text: `UPDATE agora.generations SET status = 'dropped' WHERE name = $1 AND generation = $2`,
        values: [projection.name, number],
      })
    }),

  publish: async (generation) => {
    const { projection, generation: number, store } = generation
    try {
      // Its first readers should find plans made for what is there, not for an empty table.
      if (store === 'postgres') await database.query(`ANALYZE ${tableOf(generation)}`)
    } catch (error) {
      if (!isMissing(error)) throw error
      throw new Error(`${projection.name} has no generation ${number}`, { cause: error })
    }
    await changing(database, projection.name, (session) => switchTo(session, generation))
  },
})
