import { borders, type Sought } from './matches-person.ts'

/** A text as a regular expression that matches it literally. */
const escaped = (text: string) =>
  String.raw`regexp_replace(${text}, '[].+*?^$(){}|\\[]', '\\\&', 'g')`

/**
 * Condition in SQL: a text contains data of a person, as in `matches-person.ts`. Its parameters are `valuesOf` the person: $1
 * is the id, $2 the addresses, $3 the other texts.
 * @param text an expression of SQL
 * @param written encodes a sought text as the searched text is encoded
 */
export const matches = (
  text: string,
  written: (sought: string) => string = (sought) => sought,
): string => {
  const sought = `lower(${written('sought')})`
  const contains = `strpos(lower(${text}), ${sought}) > 0`
  const whole = `'${borders[0]}' || ${escaped(sought)} || '${borders[1]}'`
  const containsWhole = `CASE WHEN ${contains} THEN lower(${text}) ~ (${whole}) ELSE false END`
  return `(EXISTS (SELECT FROM unnest($2::text[]) AS sought WHERE ${containsWhole})
    OR (strpos(${text}, $1) > 0 AND EXISTS (SELECT FROM unnest($3::text[]) AS sought WHERE ${contains})))`
}

/** The same condition for bytes: both the bytes and the sought texts have their non-ASCII bytes escaped. */
export const bytesMatch = (bytes: string): string =>
  matches(
    `encode(${bytes}, 'escape')`,
    (sought) => `encode(convert_to(${sought}, 'UTF8'), 'escape')`,
  )

/** Parameters of `matches`. */
export const valuesOf = ({ person, addresses, texts }: Sought) => [person, addresses, texts]
