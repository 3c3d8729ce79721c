import type { TSchema } from 'typebox'
import { marksOf } from '#kernel'

/** Row of a field in a table of the page of events. */
export type Field = {
  /** `items[].price`; ends in a question mark when the field is optional. */
  readonly name: string
  /** Its type: `OrderId`, `text`, `one of …`. */
  readonly holds: string
  /** Bounds and patterns; empty when there are none. */
  readonly rules: string
  /** `secret`, `personal`; empty when it is neither. */
  readonly marks: string
}

type Keywords = {
  readonly type?: string
  readonly title?: string
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly (string | number)[]
  readonly const?: string | number | boolean
  readonly anyOf?: readonly TSchema[]
  readonly items?: TSchema
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly patternProperties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly description?: string
} & Readonly<Partial<Record<Bound, number>>>
type Bound =
  | 'minimum'
  | 'maximum'
  | 'minLength'
  | 'maxLength'
  | 'minItems'
  | 'maxItems'
  | 'maxProperties'

const keywordsOf = (schema: TSchema): Keywords => schema

/** Text of a cell of a table. */
const inCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const code = (text: string): string => `\`${inCell(text)}\``

const rangeOf = (least: number | undefined, most: number | undefined, unit: string): string => {
  if (least === undefined && most === undefined) return ''
  if (least === most) return `${most}${unit}`
  if (most === undefined) return `at least ${least}${unit}`
  return least === undefined ? `at most ${most}${unit}` : `${least} to ${most}${unit}`
}

const rulesOf = (schema: TSchema): string => {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = keywordsOf(schema)
  return [
    rangeOf(minimum, maximum, ''),
    rangeOf(minLength || undefined, maxLength, ' characters'),
    rangeOf(minItems, maxItems, ' entries'),
    pattern === undefined ? '' : code(pattern),
  ]
    .filter((rule) => rule !== '')
    .join(', ')
}

const holdsOf = (schema: TSchema): string => {
  const { type, title, format, enum: values, const: only, anyOf, items } = keywordsOf(schema)
  if (marksOf(schema).money) return 'money'
  if (values) return `one of ${values.map((value) => code(String(value))).join(', ')}`
  if (only !== undefined) return code(String(only))
  if (title) return format ? `${title} (${format})` : title
  if (anyOf) return anyOf.map(holdsOf).join(' or ')
  if (items) return `list of ${holdsOf(items)}`
  if (type === 'string') return format ?? 'text'
  return type ?? 'anything'
}

const marksIn = (schema: TSchema): string => {
  const { secret, personal } = marksOf(schema)
  return [secret && 'secret', personal && 'personal'].filter(Boolean).join(', ')
}

/**
 * Fields of an object and of nested objects, in the order of the schema. Money is one field; fields of a record are `*`.
 * @param path path of the object in the message, with a dot at its end
 */
export const fieldsOf = (schema: TSchema, path = ''): readonly Field[] => {
  const { properties = {}, patternProperties = {}, required = [] } = keywordsOf(schema)
  const ofRecord = Object.values(patternProperties).map((field) => ['*', field] as const)
  return [...Object.entries(properties), ...ofRecord].flatMap(([key, field]) => {
    const name = `${path}${key}`
    const { items, properties: named, patternProperties: inner = named } = keywordsOf(field)
    const own = {
      name: `${name}${key === '*' || required.includes(key) ? '' : '?'}`,
      holds: holdsOf(field),
      rules: rulesOf(field),
      marks: marksIn(field),
    }
    if (marksOf(field).money) return [own]
    if (inner) return [own, ...fieldsOf(field, `${name}.`)]
    return items ? [own, ...fieldsOf(items, `${name}[].`)] : [own]
  })
}
