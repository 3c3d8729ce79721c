import type { TSchema } from 'typebox'

/** Key of a query parameter's schema with its former name, also in OpenAPI. */
export const formerName = 'x-former-name'

/**
 * Declares that a query parameter had another name, which requests may still use. Its former name is ignored where a
 * request has both, and reported as unknown.
 * @param name the former name: `count`
 */
export const renamedFrom = <S extends TSchema>(name: string, schema: S): S =>
  // A copy with the hidden properties of the schema.
  Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(schema),
      [formerName]: { value: name, enumerable: true },
    },
  ) as unknown as S
