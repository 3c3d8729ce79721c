import type { TSchema } from 'typebox'
import type { AnyProjection } from '#kernel'

/** Type of a field that queries can filter or sort by. */
export type FieldKind = 'text' | 'number' | 'boolean'

/** A field that queries can filter or sort by. */
export type Field = {
  /** With dots: `price.amount`. */
  readonly name: string
  readonly path: readonly string[]
  readonly kind: FieldKind
}

/** The parts of a JSON Schema that determine a field's type. */
type Shape = {
  readonly type?: string
  readonly format?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly TSchema[]
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
}

/** A schema's JSON Schema, whichever TypeBox type it has. */
export const shapeOf = (schema: TSchema): Shape => schema as Shape

/** The schema of a field when it has a value: `X` where it may be `X` or null. */
export const presentSchema = (schema: TSchema): TSchema => {
  const values = shapeOf(schema).anyOf?.filter((option) => shapeOf(option).type !== 'null')
  return values?.length === 1 ? values[0]! : schema
}

const kinds: Readonly<Record<string, FieldKind>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
}

/** Type of a field of this schema; `undefined` when queries cannot filter or sort by it. */
export const kindOf = (schema: TSchema): FieldKind | undefined => {
  const shape = shapeOf(presentSchema(schema))
  const options =
    shape.anyOf?.map(kindOf) ??
    shape.enum?.map((value) => kinds[typeof value]) ??
    (shape.const === undefined ? [kinds[shape.type ?? '']] : [kinds[typeof shape.const]])
  return options.every((kind) => kind === options[0]) ? options[0] : undefined
}

/**
 * The field of this name.
 * @param name with dots: `price.amount`
 * @returns undefined when the schema has none that queries can filter or sort by
 */
export const fieldOf = (document: TSchema, name: string): Field | undefined => {
  const path = name.split('.')
  let schema: TSchema | undefined = document
  for (const part of path) schema = schema && shapeOf(presentSchema(schema)).properties?.[part]
  const kind = schema && kindOf(schema)
  return kind && { name, path, kind }
}

/** Whether documents may lack a value of this field. @param path of an existing field */
export const mayBeMissing = (document: TSchema, [part, ...rest]: readonly string[]): boolean => {
  if (part === undefined) return false
  const { properties, required = [] } = shapeOf(document)
  const schema = properties?.[part]
  if (!schema || !required.includes(part) || presentSchema(schema) !== schema) return true
  return mayBeMissing(schema, rest)
}

/** Text fields of a projection whose folded form is stored or compared. */
export const foldedFieldsOf = ({ document, containing = [] }: AnyProjection): readonly Field[] =>
  containing.flatMap((name) => {
    const field = fieldOf(document, name)
    return field?.kind === 'text' ? [field] : []
  })

/**
 * Returns a text of a document; undefined where the value is missing or no text.
 */
export const textIn = ({ path }: Pick<Field, 'path'>, document: unknown): string | undefined => {
  let value = document
  for (const part of path)
    value =
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[part]
        : undefined
  return typeof value === 'string' ? value : undefined
}
