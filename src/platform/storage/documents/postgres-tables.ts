import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Session } from '../../engines/postgres/database.ts'
import type { Searching } from '#kernel'
import {
  allWordsSql,
  completeVocabulary,
  createVocabulary,
  wordArraySql,
} from '../search/postgres-vocabulary.ts'
import { fieldOf, type Field } from './fields.ts'
import type { Generation } from './port.ts'
import { computedColumnsOf, wordsColumnsOf, type ComputedColumn } from './postgres-computed.ts'
import { columnOf, columnSql, liveViewOf, tableOf } from './postgres-names.ts'
import type { Shape } from './postgres-shapes.ts'
import { columnNames, isLive, showLive } from './postgres-views.ts'

const indexedField = ({ projection }: Generation, name: string): Field => {
  const field = fieldOf(projection.document, name)
  if (!field) throw new Error(`${projection.name} cannot be indexed by "${name}"`)
  return field
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

const indexedFields = (generation: Generation): readonly (readonly Field[])[] =>
  generation.projection.indexes.map((names) => names.map((name) => indexedField(generation, name)))

const quoted = (field: Field) => pg.escapeIdentifier(columnOf(field))

/** The declared indexes of documents, but those of searches. */
const documentIndexes = (generation: Generation) =>
  indexedFields(generation).map((fields) => {
    const columns = fields.map(quoted).join(', ')
    return { method: 'btree', columns, name: indexName(generation, columns) }
  })

/** Whether an index is of a generation, and not one that somebody has added by hand. */
const isOwnIndex = (name: string, { generation }: Generation): boolean =>
  new RegExp(`_g${generation}_[0-9a-f]{8}$`).test(name)

/**
 * Whether a generation is recorded, and its table, where it has one, has all columns and indexes that the projection declares,
 * and no others of that kind. Not judged, and so false, where columns are computed.
 */
export const isWhole = (generation: Generation, { status, columns, indexes }: Shape): boolean => {
  if (status === null || status === 'dropped') return false
  if (generation.store !== 'postgres') return true
  if (columns.length === 0 || computedColumnsOf(generation.projection).length > 0) return false
  const declared = documentIndexes(generation).map(({ name }) => name)
  return (
    indexedFields(generation)
      .flat()
      .every((field) => columns.includes(columnOf(field))) &&
    declared.every((name) => indexes.includes(name)) &&
    indexes.every((name) => declared.includes(name) || !isOwnIndex(name, generation))
  )
}

/** Creates the table of a generation, or what is missing of it, and drops indexes that are no longer declared. */
export const ensureTable = async (session: Session, generation: Generation): Promise<void> => {
  const { projection } = generation
  const table = tableOf(generation)
  const there = await columnNames(session, table)
  const toCompute = await lackingComputed(session, generation, there)
  const willHave = (column: string): boolean =>
    there.includes(column) || toCompute.some(({ name }) => name === column)
  const words = wordsColumnsOf(projection)
  const search = words.every(({ name }) => willHave(name)) ? projection.search : undefined
  const fields = new Map(
    [...indexedFields(generation).flat(), ...(search ? orderedFields(generation, search) : [])].map(
      (field) => [columnOf(field), field],
    ),
  )
  const stored = [
    ...[...fields]
      .filter(([column]) => !there.includes(column))
      .map(([, field]) => columnSql(field)),
    ...toCompute.map(({ sql }) => sql),
  ]
  const declared = [
    ...documentIndexes(generation),
    ...(search ? searchIndexes(generation, search) : []).map((index) => ({
      ...index,
      name: indexName(generation, index.columns),
    })),
  ]
  const creating = declared.map(
    ({ name, method, columns }) =>
      `CREATE INDEX IF NOT EXISTS "${name}" ON ${table} USING ${method} (${columns})`,
  )
  if (there.length === 0) {
    const columns = ['key text COLLATE "C" PRIMARY KEY', 'doc jsonb NOT NULL', ...stored]
    // A fifth of each page stays free, so that most updates find room in theirs.
    const creatingTable = `CREATE TABLE ${table} (${columns.join(', ')}) WITH (fillfactor = 80)`
    await session.query([creatingTable, ...creating].join('; '))
    if (search) await createVocabulary(session, generation, { isEmpty: true, isNew: true })
    return
  }
  const toDrop = await superfluous(
    session,
    generation,
    declared.map(({ name }) => name),
  )
  const grow = stored.length > 0
  const live = (grow || toDrop.length > 0) && (await isLive(session, generation))
  // Readers take the view before the table; in another order the two would wait for each other.
  if (live) await session.query(`LOCK TABLE ${liveViewOf(projection.name)}`)
  if (grow)
    await session.query(
      `ALTER TABLE ${table} ${stored.map((column) => `ADD COLUMN ${column}`).join(', ')}`,
    )
  if (grow && toCompute.length > 0) await computeAll(session, generation, toCompute)
  if (toDrop.length > 0) await session.query(`DROP INDEX ${toDrop.join(', ')}`)
  if (creating.length > 0) await session.query(creating.join('; '))
  if (search)
    await createVocabulary(session, generation, {
      isEmpty: false,
      isNew: words.some(({ name }) => !there.includes(name)),
    })
  if (live && search) await completeVocabulary(session, generation)
  if (live) await showLive(session, generation)
}
