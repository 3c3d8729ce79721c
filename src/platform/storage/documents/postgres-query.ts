import pg from 'pg'
import type { Field } from './fields.ts'
import { columnOf, foldedColumnOf, liveViewOf, typeOf, valueSql } from './postgres-names.ts'
import type { Comparing, ResolvedQuery, Wanted } from './resolved-query.ts'

/** A query as SQL: its page, and the count of all that match. */
export type QuerySql = {
  readonly page: { readonly text: string; readonly values: readonly unknown[] }
  readonly count: { readonly text: string; readonly values: readonly unknown[] }
}

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)

/**
 * Writes conditions as SQL over the live view.
 * @param stored columns of the live view; other fields are read from `doc`
 * @param parameter adds a value of an SQL type and returns its placeholder
 */
export const conditionsSql = (
  stored: ReadonlySet<string>,
  parameter: (value: unknown, type: string) => string,
) => {
  const fieldSql = (field: Field): string => {
    // The field `id` is the key, which is indexed.
    if (field.name === 'id') return 'key'
    const column = columnOf(field)
    return stored.has(column) ? pg.escapeIdentifier(column) : `(${valueSql(field)})`
  }
  /** Folded form of a text; without a stored one, what the database can compute. */
  const foldedSql = (
    field: Field,
  ): { readonly text: string; readonly like: string; readonly as: keyof Wanted } => {
    const column = foldedColumnOf(field)
    // Must equal the expression of the indexes for PostgreSQL to use them.
    return stored.has(column)
      ? { text: `(${pg.escapeIdentifier(column)} COLLATE "default")`, like: 'LIKE', as: 'folded' }
      : { text: `(${fieldSql(field)} COLLATE "default")`, like: 'ILIKE', as: 'written' }
  }
  const comparisonSql = (comparing: Comparing): string => {
    const field = fieldSql(comparing.field)
    const type = typeOf(comparing.field)
    if (comparing.is === 'in') return `${field} = ANY (${parameter(comparing.values, `${type}[]`)})`
    if (comparing.is === 'contains') {
      const { text, like, as } = foldedSql(comparing.field)
      return `${text} ${like} ${parameter(`%${escaped(comparing.value[as])}%`, 'text')}`
    }
    return `${field} ${comparing.is} ${parameter(comparing.value, type)}`
  }
  const allOf = (comparings: readonly Comparing[]): string =>
    comparings.length === 0 ? 'true' : comparings.map(comparisonSql).join(' AND ')
  return {
    /** SQL of a field's value. */
    fieldSql,
    /** SQL of all of these. */
    allOf,
    /** SQL of the conditions of a query. */
    whereSql: ({ all, anyOf }: Pick<ResolvedQuery, 'all' | 'anyOf'>): string => {
      const alternatives = anyOf?.map((comparings) => `(${allOf(comparings)})`)
      if (!alternatives) return allOf(all)
      return `${allOf(all)} AND ${alternatives.length === 0 ? 'false' : `(${alternatives.join(' OR ')})`}`
    },
  }
}

/**
 * Translates a query to SQL over the live view; every value is a parameter.
 * @param stored columns of the live view; other fields are read from `doc`
 */
export const sqlOf = (
  name: string,
  query: ResolvedQuery,
  stored: ReadonlySet<string>,
): QuerySql => {
  const values: unknown[] = []
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`

  const { fieldSql, whereSql } = conditionsSql(stored, parameter)

  const matching = `FROM ${liveViewOf(name)} WHERE ${whereSql(query)}`
  const count = { text: `SELECT count(*) AS total ${matching}`, values: [...values] }

  const order = query.sort.map(({ field, down }) => `${fieldSql(field)}${down ? ' DESC' : ''}`)
  const afterSql = (place: NonNullable<ResolvedQuery['after']>): string => {
    const { field, down, value, key } = place
    const sorted = fieldSql(field)
    const beyond = `key > ${parameter(key, 'text')}`
    if (value === undefined)
      return down ? `(${sorted} IS NOT NULL OR ${beyond})` : `(${sorted} IS NULL AND ${beyond})`
    const wanted = parameter(value, typeOf(field))
    const is = down ? '<' : '>'
    // The first part is redundant, but lets PostgreSQL start an index scan there.
    const further = `${sorted} ${is}= ${wanted} AND (${sorted} ${is} ${wanted} OR ${beyond})`
    return place.mayBeMissing && !down ? `(${further} OR ${sorted} IS NULL)` : `(${further})`
  }
  const after = query.after ? ` AND ${afterSql(query.after)}` : ''
  const page = `LIMIT ${parameter(query.limit, 'bigint')} OFFSET ${parameter(query.offset, 'bigint')}`
  return {
    page: {
      text: `SELECT doc ${matching}${after} ORDER BY ${[...order, 'key'].join(', ')} ${page}`,
      values,
    },
    count,
  }
}
