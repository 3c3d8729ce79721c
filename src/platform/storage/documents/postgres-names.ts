import pg from 'pg'
import type { Field, FieldKind } from './fields.ts'
import type { Generation } from './port.ts'

/**
 * Checks the name of a read model: it becomes part of the names of tables, which PostgreSQL cuts at 63 bytes.
 * @throws Error when it is not snake_case, or longer than 48 letters
 */
export const checkName = (name: string): string => {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(name)) throw new Error(`"${name}" cannot name a read model`)
  return name
}

/** The table of one generation. */
export const tableOf = ({ projection, generation }: Generation): string =>
  `read."${checkName(projection.name)}_g${generation}"`

/** The view of the live generation that Agora reads: `key`, `doc` and the stored fields. */
export const liveViewOf = (name: string): string => `read."${checkName(name)}"`

/** The view of the live generation that people query. */
export const publicViewOf = (name: string): string => `public."${checkName(name)}"`

const types: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  number: 'double precision',
  boolean: 'boolean',
}

/** The SQL type of the values of a field. */
export const typeOf = ({ kind }: Field): string => types[kind]

/** What a field is in `doc`; NULL when it is not there, or no number or boolean where it should be. */
export const valueSql = ({ path, kind }: Field): string => {
  const names = path.map((name) => pg.escapeLiteral(name))
  if (kind === 'text') {
    const last = names.pop()
    return `(${['doc', ...names].join('->')}->>${last}) COLLATE "C"`
  }
  const json = ['doc', ...names].join('->')
  return `CASE jsonb_typeof(${json}) WHEN '${kind}' THEN (${json})::${types[kind]} END`
}

/**
 * The name of the column that an indexed field is stored in, computed from `doc`. An index on a column, unlike one on an
 * expression, is left alone by updates that change other fields (heap-only tuples; PostgreSQL manual, 66.7). The kind
 * is part of the name, so that a column of the live view never changes its type.
 * @throws Error when the name is too long for PostgreSQL
 */
export const columnOf = ({ name, kind }: Field): string => {
  const column = `${name}:${kind}`
  if (Buffer.byteLength(column) > 63) throw new Error(`"${name}" is too long to be indexed`)
  return column
}

/** How a table declares that column. */
export const columnSql = (field: Field): string =>
  [
    pg.escapeIdentifier(columnOf(field)),
    typeOf(field),
    field.kind === 'text' ? 'COLLATE "C"' : '',
    `GENERATED ALWAYS AS (${valueSql(field)}) STORED`,
  ].join(' ')

/**
 * The name of the column that holds a text as it is searched (`folded`), which only we can work out. To a program of
 * an older version it looks like that of a field that no document has, so that it can still make the live view.
 */
export const foldedColumnOf = ({ name }: Field): string =>
  columnOf({ name: `folded:${name}`, path: [], kind: 'text' })

/** How a table declares that column. */
export const foldedColumnSql = (field: Field): string =>
  `${pg.escapeIdentifier(foldedColumnOf(field))} text COLLATE "C"`

/** The field that a column is for; `undefined` when it is for none. */
export const fieldOfColumn = (column: string): Field | undefined => {
  const [, name, kind] = /^(.+):(text|number|boolean)$/.exec(column) ?? []
  // The pattern lets only kinds through.
  return name ? { name, path: name.split('.'), kind: kind as FieldKind } : undefined
}
