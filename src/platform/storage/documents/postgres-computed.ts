import pg from 'pg'
import { folded, type AnyProjection } from '#kernel'
import { wordsOf } from '../search/words.ts'
import { foldedFieldsOf, textIn, type Field } from './fields.ts'
import { storable } from './json.ts'
import { foldedColumnOf, wordsColumnOf } from './postgres-names.ts'

/** A column whose values are computed here, not by PostgreSQL. */
export type ComputedColumn = {
  readonly name: string
  /** Declaration of the column. */
  readonly sql: string
  /** Value for a document; null only where the column permits it. */
  readonly valueIn: (document: unknown) => string | null
}

const foldedColumn = (field: Field): ComputedColumn => {
  const name = foldedColumnOf(field)
  return {
    name,
    sql: `${pg.escapeIdentifier(name)} text COLLATE "C"`,
    valueIn: (document) => {
      const text = textIn(field, document)
      return text === undefined ? null : folded(storable(text))
    },
  }
}

/** Words of a searched field, each once, between spaces: ` red lampion `. No word contains a space. */
const wordsColumn = (field: string): ComputedColumn => {
  const name = wordsColumnOf(field)
  const path = field.split('.')
  return {
    name,
    sql: `${pg.escapeIdentifier(name)} text COLLATE "C" NOT NULL DEFAULT ' '`,
    valueIn: (document) => {
      const words = new Set(wordsOf(textIn({ path }, document) ?? '').map((word) => word.folded))
      return words.size === 0 ? ' ' : ` ${[...words].join(' ')} `
    },
  }
}

/** Columns of the words that a projection is searched by, in the order of its declaration; none when it is not searched. */
export const wordsColumnsOf = ({ search }: AnyProjection): readonly ComputedColumn[] =>
  (search?.fields ?? []).map(wordsColumn)

/** All columns of a projection that are computed here. */
export const computedColumnsOf = (projection: AnyProjection): readonly ComputedColumn[] => [
  ...foldedFieldsOf(projection).map(foldedColumn),
  ...wordsColumnsOf(projection),
]
