import type { TSchema } from 'typebox'

/** A schema object of an OpenAPI document. */
export type Schema = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const converted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(converted)
  return isObject(value) ? schemaOf(value) : value
}

/**
 * Schema object of a declared schema. `const` becomes an `enum` of one value, which Swagger UI displays; references are
 * not supported, `$id` is dropped.
 */
export const schemaOf = (schema: TSchema | Schema): Schema => {
  const { const: only, $id: _id, ...keywords } = schema as Schema
  return {
    ...Object.fromEntries(
      Object.entries(keywords).map(([name, value]) => [
        name,
        // Names of properties are no keywords.
        name === 'properties' && isObject(value)
          ? Object.fromEntries(
              Object.entries(value).map(([property, one]) => [property, converted(one)]),
            )
          : converted(value),
      ]),
    ),
    ...('const' in schema && { enum: [only] }),
  }
}
