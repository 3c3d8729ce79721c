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
export const tells = (text: string, written: (said: string) => string = (said) => said): string => {
  const said = `lower(${written('said')})`
  const says = `strpos(lower(${text}), ${said}) > 0`
  const whole = `'${borders[0]}' || ${escaped(said)} || '${borders[1]}'`
  const saysWhole = `CASE WHEN ${says} THEN lower(${text}) ~ (${whole}) ELSE false END`
  return `(EXISTS (SELECT FROM unnest($2::text[]) AS said WHERE ${saysWhole})
    OR (strpos(${text}, $1) > 0 AND EXISTS (SELECT FROM unnest($3::text[]) AS said WHERE ${says})))`
}

/** The same condition for bytes: both the bytes and the sought texts have their non-ASCII bytes escaped. */
export const bytesTell = (bytes: string): string =>
  tells(`encode(${bytes}, 'escape')`, (said) => `encode(convert_to(${said}, 'UTF8'), 'escape')`)

/** Parameters of `tells`. */
export const valuesOf = ({ person, addresses, texts }: Sought) => [person, addresses, texts]
