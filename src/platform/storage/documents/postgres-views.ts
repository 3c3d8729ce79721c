import pg from 'pg'
import type { Session } from '../../engines/postgres/database.ts'
import { sqlStateOf } from './sql-state.ts'
import { columnsOf } from './columns.ts'
import type { Generation } from './port.ts'
import {
  fieldOfColumn,
  liveViewOf,
  liveVocabularyOf,
  publicViewOf,
  tableOf,
  valueSql,
  vocabularyOf,
} from './postgres-names.ts'

export const columnNames = async (
  session: Session,
  relation: string,
): Promise<readonly string[]> => {
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

export const isLive = async (session: Session, { projection, generation }: Generation) => {
  const rows = await session.query({
    text: `SELECT FROM agora.generations WHERE name = $1 AND generation = $2 AND status = 'live'`,
    values: [projection.name, generation],
  })
  return rows.length > 0
}

/** Replaces the live view. It keeps every column it ever had: other processes may run older code that names them. */
export const showLive = async (session: Session, generation: Generation): Promise<void> => {
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
export const showPeople = async (session: Session, generation: Generation): Promise<void> => {
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

/**
 * Drops the views of a read model whose documents are in another store from now on: they would show what once was. Views
 * that analysts have built on them go too, as the tables below do.
 */
export const dropViews = (session: Session, name: string) =>
  session.query(
    `DROP VIEW IF EXISTS ${liveViewOf(name)}, ${publicViewOf(name)}, ${liveVocabularyOf(name)} CASCADE`,
  )
