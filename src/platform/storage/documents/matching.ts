import { folded } from '#kernel'
import type { Comparing, ResolvedQuery } from './resolved-query.ts'
import type { Field, FieldKind } from './fields.ts'
import type { Scalar } from './port.ts'

const typeOf: Readonly<Record<FieldKind, string>> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
}

/** Value of a field; undefined when it is missing or of another type. */
export const valueOf = ({ path, kind }: Field, document: unknown): Scalar | undefined => {
  let value = document
  for (const part of path)
    value =
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[part]
        : undefined
  return typeof value === typeOf[kind] ? (value as Scalar) : undefined
}

/** Compares by code point, as PostgreSQL's collation "C" does; JavaScript's `<` compares UTF-16 code units. */
export const compareTexts = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b))

const compare = (a: Scalar, b: Scalar): number =>
  typeof a === 'string' ? compareTexts(a, String(b)) : Number(a) - Number(b)

export const holds = (document: unknown, comparing: Comparing): boolean => {
  const value = valueOf(comparing.field, document)
  if (value === undefined) return false
  switch (comparing.is) {
    case 'in':
      return comparing.values.includes(value)
    case 'contains':
      return folded(String(value)).includes(comparing.value.folded)
    case '=':
      return value === comparing.value
    case '>':
      return compare(value, comparing.value) > 0
    case '>=':
      return compare(value, comparing.value) >= 0
    case '<':
      return compare(value, comparing.value) < 0
    case '<=':
      return compare(value, comparing.value) <= 0
  }
}

/** Compares values; a missing value sorts last. */
const compareValues = (a: Scalar | undefined, b: Scalar | undefined): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return compare(a, b)
}

/** Whether a document matches a query. */
export const matches = (
  document: unknown,
  { all, anyOf }: Pick<ResolvedQuery, 'all' | 'anyOf'>,
): boolean =>
  all.every((comparing) => holds(document, comparing)) &&
  (anyOf?.some((alternative) => alternative.every((comparing) => holds(document, comparing))) ??
    true)

/** Whether a document comes after the place that a query continues from. */
export const isBehind = (key: string, document: unknown, { after }: ResolvedQuery): boolean => {
  if (!after) return true
  const further = compareValues(valueOf(after.field, document), after.value)
  if (further === 0) return compareTexts(key, after.key) > 0
  return after.down ? further < 0 : further > 0
}

/** Comparator of keyed documents in the order of a query. */
export const inOrderOf =
  ({ sort }: ResolvedQuery) =>
  (a: readonly [key: string, document: unknown], b: readonly [key: string, document: unknown]) => {
    for (const { field, down } of sort) {
      const [left, right] = [valueOf(field, a[1]), valueOf(field, b[1])]
      const up = compareValues(left, right)
      if (up !== 0) return down ? -up : up
    }
    return compareTexts(a[0], b[0])
  }
