import type { TSchema } from 'typebox'
import { marksOf } from './schema.ts'

/** Field of an event's data, reserved by the log, that holds the sealed personal values. */
export const sealField = '$sealed'

type Shape = {
  properties?: Record<string, TSchema>
  patternProperties?: Record<string, TSchema>
  additionalProperties?: unknown
  items?: TSchema
  anyOf?: TSchema[]
}

/** Returns whether a schema declares its fields and forbids additional ones. */
const isClosed = ({ properties, patternProperties, additionalProperties, anyOf }: Shape): boolean =>
  anyOf
    ? anyOf.every((one) => isClosed(one as Shape))
    : properties !== undefined && patternProperties === undefined && additionalProperties === false

/** Masks the secret, personal and guessable values of a schema, and the fields that it does not declare. */
export const masked = (schema: TSchema, data: unknown): unknown => {
  const { secret, personal, guessable } = marksOf(schema)
  if (secret || personal || guessable) return '***'
  const { properties, items, anyOf } = schema as Shape
  if (Array.isArray(data)) return items ? data.map((item) => masked(items, item)) : data
  if (typeof data !== 'object' || data === null) return data
  const unknown = isClosed(schema as Shape) ? '***' : undefined
  const fields =
    properties ?? Object.assign({}, ...(anyOf ?? []).map((s) => (s as Shape).properties))
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) => {
      const field = fields[name]
      return name === sealField ? [] : [[name, field ? masked(field, value) : (unknown ?? value)]]
    }),
  )
}

/** Texts that are no words of users: ids, moments, amounts, and the names of states and types. */
const technical =
  /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d{2}-\d{2}T[\d:.]+Z|-?\d+|[A-Z][A-Z_]*)$/

/** Masks all texts of a value but technical ones. */
const withoutWords = (value: unknown): unknown => {
  if (typeof value === 'string') return technical.test(value) ? value : '***'
  if (Array.isArray(value)) return value.map(withoutWords)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutWords(one)]))
}

/** Masks a document by its schema, and its words: read models do not mark all that is personal in their events. */
export const maskedDocument = (schema: TSchema, document: unknown): unknown =>
  withoutWords(masked(schema, document))
