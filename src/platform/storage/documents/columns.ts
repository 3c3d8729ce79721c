import type { TObject, TSchema } from 'typebox'
import { marksOf, unusualDigits } from '#kernel'
import pg from 'pg'
import { kindOf, presentSchema, shapeOf } from './fields.ts'

/** A column of the public view: its name and its SQL expression over `doc`. */
export type Column = { readonly name: string; readonly sql: string }

const snakeCase = (name: string): string =>
  name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()

/** SQL of the value of a field that is not money. */
const valueSql = (field: string, schema: TSchema): string => {
  const name = pg.escapeLiteral(field)
  const json = `doc->${name}`
  const text = `doc->>${name}`
  const { format, type } = shapeOf(presentSchema(schema))
  switch (kindOf(schema)) {
    case 'text':
      if (format === 'uuid') return `read.as_uuid(${text})`
      if (format === 'date-time') return `read.as_timestamptz(${text})`
      return text
    case 'number':
      return type === 'integer' ? `read.as_bigint(${json})` : `read.as_double(${json})`
    case 'boolean':
      return `read.as_boolean(${json})`
    case undefined:
      return `nullif(${json}, 'null')`
  }
}

/** SQL of the number of digits of a currency's minor unit. @param code SQL of the currency's code */
const digitsSql = (code: string): string => {
  const cases = Map.groupBy(unusualDigits, ([, digits]) => digits)
  return `CASE ${[...cases]
    .map(([digits, group]) => {
      const codes = group.map(([currency]) => pg.escapeLiteral(currency)).join(', ')
      return `WHEN ${code} IN (${codes}) THEN ${digits}`
    })
    .join(' ')} ELSE 2 END`
}

/**
 * Columns of the public view of a read model: one for each field of the document, in snake_case, with an SQL type. Money
 * becomes a decimal amount, with as many digits as the currency has, and a currency:
 * `total numeric` and `currency text`, or `total_currency` where there is a currency already. A field without a value is NULL.
 */
export const columnsOf = (document: TObject): readonly Column[] => {
  const fields = Object.entries(document.properties)
  const taken = new Set(fields.map(([field]) => snakeCase(field)))
  return fields.flatMap(([field, schema]) => {
    const name = snakeCase(field)
    if (!marksOf(schema).money && !marksOf(presentSchema(schema)).money)
      return [{ name, sql: valueSql(field, schema) }]
    const currency = taken.has('currency') ? `${name}_currency` : 'currency'
    taken.add(currency)
    const json = `doc->${pg.escapeLiteral(field)}`
    return [
      {
        name,
        sql: `read.as_money(${json}->'amount', ${digitsSql(`${json}->>'currency'`)})`,
      },
      { name: currency, sql: `${json}->>'currency'` },
    ]
  })
}
