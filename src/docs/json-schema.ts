import type { TSchema } from 'typebox'
import { marksOf } from '#kernel'

/** A schema as JSON, for programs in any language: JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What analysts see in the place of what is secret or personal. */
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

/** The keywords of a schema, with the schemas in them rewritten. */
const keywordOf = ([name, value]: readonly [string, unknown]): readonly [string, unknown] => {
  if (name === 'properties') return [name, mapped(value)]
  if (name === 'items' && isSchema(value)) return [name, jsonSchemaOf(value)]
  if (/^(anyOf|oneOf|allOf)$/.test(name) && Array.isArray(value))
    return [name, value.map((schema) => (isSchema(schema) ? jsonSchemaOf(schema) : schema))]
  return [name, value]
}

/**
 * A schema as others may use it: marks become `x-secret`, `x-personal`, `x-guessable` and `x-money`, and what is masked for analysts
 * may also be `***`, so that what they are told is valid, masked or not.
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
