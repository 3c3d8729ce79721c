import { borders, type Sought } from './matches-person.ts'

/** A text as a regular expression that finds it. */
const escaped = (text: string) =>
  String.raw`regexp_replace(${text}, '[].+*?^$(){}|\\[]', '\\\&', 'g')`

/**
 * Whether a text tells of somebody, as in `tells.ts`; to be given `valuesOf` them: $1 is the id, $2 the addresses, $3
 * the other texts.
 * @param text an expression of SQL
 * @param written how what is looked for is written in it
 */
export const tells = (text: string, written: (said: string) => string = (said) => said): string => {
  const said = `lower(${written('said')})`
  const says = `strpos(lower(${text}), ${said}) > 0`
  const whole = `'${borders[0]}' || ${escaped(said)} || '${borders[1]}'`
  const saysWhole = `CASE WHEN ${says} THEN lower(${text}) ~ (${whole}) ELSE false END`
  return `(EXISTS (SELECT FROM unnest($2::text[]) AS said WHERE ${saysWhole})
    OR (strpos(${text}, $1) > 0 AND EXISTS (SELECT FROM unnest($3::text[]) AS said WHERE ${says})))`
}

/** The same for bytes: what is not ASCII in them is shown escaped, and so it is looked for. */
export const bytesTell = (bytes: string): string =>
  tells(`encode(${bytes}, 'escape')`, (said) => `encode(convert_to(${said}, 'UTF8'), 'escape')`)

/** The values of `tells`. */
export const valuesOf = ({ person, addresses, texts }: Sought) => [person, addresses, texts]
