import type { TSchema } from 'typebox'
import { marksOf } from '#kernel'

/** JSON Schema, draft 2020-12, for programs in any language. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Value that analysts receive instead of a secret or personal one. */
const mask = { const: '***' }

const isSchema = (value: unknown): value is TSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapped = (schemas: unknown): unknown =>
  isSchema(schemas)
    ? Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [
          name,
          isSchema(schema) ? jsonSchemaOf(schema) : schema,
        ]),
      )
    : schemas

/** A keyword of a schema, with the schemas in its value converted. */
const keywordOf = ([name, value]: readonly [string, unknown]): readonly [string, unknown] => {
  if (name === 'properties') return [name, mapped(value)]
  if (name === 'items' && isSchema(value)) return [name, jsonSchemaOf(value)]
  if (/^(anyOf|oneOf|allOf)$/.test(name) && Array.isArray(value))
    return [name, value.map((schema) => (isSchema(schema) ? jsonSchemaOf(schema) : schema))]
  return [name, value]
}

/**
 * JSON Schema of a declared schema. Marks become `x-secret`, `x-personal`, `x-guessable` and `x-money`. A field that is masked
 * for analysts may also be `***`, so that an event is valid masked and unmasked.
 */
export const jsonSchemaOf = (schema: TSchema): JsonSchema => {
  const { secret, personal, guessable, money } = marksOf(schema)
  const marks = {
    ...(secret && { 'x-secret': true }),
    ...(personal && { 'x-personal': true }),
    ...(guessable && { 'x-guessable': true }),
    ...(money && { 'x-money': true }),
  }
  const isMark = (name: string): boolean => `x-${name}` in marks
  const plain = Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !isMark(name))
      .map(keywordOf),
  )
  return secret || personal || guessable
    ? { anyOf: [plain, mask], ...marks }
    : { ...plain, ...marks }
}
