import pg from 'pg'
import type { Field } from './fields.ts'
import { columnOf, liveViewOf, typeOf, valueSql } from './postgres-names.ts'
import type { Comparing, ResolvedQuery } from './resolved-query.ts'

/** A query as SQL: its page, and the count of all that match. */
export type QuerySql = {
  readonly page: { readonly text: string; readonly values: readonly unknown[] }
  readonly count: { readonly text: string; readonly values: readonly unknown[] }
}

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)

/**
 * Writes a query as SQL over the live view; every value is a parameter.
 * @param stored the columns that the live view has; a field without one is taken from `doc`
 */
export const sqlOf = (
  name: string,
  query: ResolvedQuery,
  stored: ReadonlySet<string>,
): QuerySql => {
  const values: unknown[] = []
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`

  const fieldSql = (field: Field): string => {
    // A document's id is its key, which is indexed.
    if (field.name === 'id') return 'key'
    const column = columnOf(field)
    return stored.has(column) ? pg.escapeIdentifier(column) : `(${valueSql(field)})`
  }
  const comparisonSql = (comparing: Comparing): string => {
    const field = fieldSql(comparing.field)
    const type = typeOf(comparing.field)
    if (comparing.is === 'in') return `${field} = ANY (${parameter(comparing.values, `${type}[]`)})`
    if (comparing.is === 'contains') {
      const pattern = parameter(`%${escaped(comparing.value)}%`, 'text')
      // Only the database's own collation knows that É and é are the same letter.
      return `${field} COLLATE "default" ILIKE ${pattern}`
    }
    return `${field} ${comparing.is} ${parameter(comparing.value, type)}`
  }
  const allOf = (comparings: readonly Comparing[]): string =>
    comparings.length === 0 ? 'true' : comparings.map(comparisonSql).join(' AND ')

  const searchSql = ({ text, fields }: NonNullable<ResolvedQuery['search']>) => {
    const [wanted, pattern] = [parameter(text, 'text'), parameter(`%${escaped(text)}%`, 'text')]
    // Written as the indexes are, that PostgreSQL may use them.
    const texts = fields.map((field) => `(${fieldSql(field)} COLLATE "default")`)
    const holds = texts.map((field) => `${field} ILIKE ${pattern}`)
    const resembles = texts.map((field) => `${wanted} OPERATOR(public.<<%) ${field}`)
    const ranks = texts.map((field) => `public.strict_word_similarity(${wanted}, ${field})`)
    return {
      condition: `(${[...holds, ...resembles].join(' OR ')})`,
      // A field that is not there holds nothing.
      order: `coalesce(${holds.join(' OR ')}, false) DESC, greatest(${ranks.join(', ')}) DESC`,
    }
  }
  const search = query.search && searchSql(query.search)

  const alternatives = query.anyOf?.map((comparings) => `(${allOf(comparings)})`)
  const conditions = [
    allOf(query.all),
    ...(alternatives
      ? [alternatives.length === 0 ? 'false' : `(${alternatives.join(' OR ')})`]
      : []),
    ...(search ? [search.condition] : []),
  ].join(' AND ')
  const matching = `FROM ${liveViewOf(name)} WHERE ${conditions}`
  const count = { text: `SELECT count(*) AS total ${matching}`, values: [...values] }

  const order = [
    ...(search ? [search.order] : []),
    ...query.sort.map(({ field, down }) => `${fieldSql(field)}${down ? ' DESC' : ''}`),
  ]
  const afterSql = (place: NonNullable<ResolvedQuery['after']>): string => {
    const { field, down, value, key } = place
    const sorted = fieldSql(field)
    const beyond = `key > ${parameter(key, 'text')}`
    if (value === undefined)
      return down ? `(${sorted} IS NOT NULL OR ${beyond})` : `(${sorted} IS NULL AND ${beyond})`
    const wanted = parameter(value, typeOf(field))
    const is = down ? '<' : '>'
    // The first part says nothing new, but lets an index be read from there.
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
