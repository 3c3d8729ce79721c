import pg from 'pg'
import type { Field, FieldKind } from './fields.ts'
import type { Generation } from './port.ts'

/**
 * Validates the name of a read model: it becomes part of the names of tables, which PostgreSQL truncates at 63 bytes.
 * @throws Error when it is not snake_case, or longer than 48 letters
 */
export const checkName = (name: string): string => {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(name)) throw new Error(`"${name}" cannot name a read model`)
  return name
}

/** Table of a generation. */
export const tableOf = ({ projection, generation }: Generation): string =>
  `read."${checkName(projection.name)}_g${generation}"`

/** View of the live generation for Agora's queries: `key`, `doc` and the stored fields. */
export const liveViewOf = (name: string): string => `read."${checkName(name)}"`

/** View of the live generation for SQL clients. */
export const publicViewOf = (name: string): string => `public."${checkName(name)}"`

/** Table of the words of a generation; no read model can have its name. */
export const vocabularyOf = ({ projection, generation }: Generation): string =>
  `read."${checkName(projection.name)}_g${generation}:words"`

/** Name of the index of variants in that table. */
export const variantsIndexOf = ({ projection, generation }: Generation): string =>
  `"${checkName(projection.name)}_g${generation}:variants"`

/** View of the words of the live generation of a searched read model. */
export const liveVocabularyOf = (name: string): string => `read."${checkName(name)}:words"`

const types: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  number: 'double precision',
  boolean: 'boolean',
}

/** The SQL type of the values of a field. */
export const typeOf = ({ kind }: Field): string => types[kind]

/** SQL of a field's value in `doc`; NULL when it is missing, or a number or boolean has another type. */
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
 * expression, is not touched by updates that change other fields (heap-only tuples; PostgreSQL manual, 66.7). The kind
 * is part of the name, so that a column of the live view never changes its type.
 * @throws Error when the name is too long for PostgreSQL
 */
export const columnOf = ({ name, kind }: Field): string => {
  const column = `${name}:${kind}`
  if (Buffer.byteLength(column) > 63) throw new Error(`"${name}" is too long to be indexed`)
  return column
}

/** Column definition in the table. */
export const columnSql = (field: Field): string =>
  [
    pg.escapeIdentifier(columnOf(field)),
    typeOf(field),
    field.kind === 'text' ? 'COLLATE "C"' : '',
    `GENERATED ALWAYS AS (${valueSql(field)}) STORED`,
  ].join(' ')

/**
 * Name of the column of a folded text, which only Agora computes. An older version of Agora takes it for a field that no
 * document has, and can still create the live view.
 */
export const foldedColumnOf = ({ name }: Field): string =>
  columnOf({ name: `folded:${name}`, path: [], kind: 'text' })

/**
 * Name of the column of the words of a searched field, which only Agora computes. Older versions take it for a field, as
 * that of `foldedColumnOf`.
 */
export const wordsColumnOf = (field: string): string =>
  columnOf({ name: `words:${field}`, path: [], kind: 'text' })

/** Field of a column; `undefined` when it has none. */
export const fieldOfColumn = (column: string): Field | undefined => {
  const [, name, kind] = /^(.+):(text|number|boolean)$/.exec(column) ?? []
  // The pattern matches the kinds only.
  return name ? { name, path: name.split('.'), kind: kind as FieldKind } : undefined
}
