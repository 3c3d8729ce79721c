import type { TSchema } from 'typebox'

const messages = new Map<unknown, string>()

const patternOf = (schema: TSchema): unknown =>
  'pattern' in schema && typeof schema.pattern === 'string' ? schema.pattern : undefined

/**
 * Declares how a text has to be, for people whose text does not match the schema's pattern. Without it they read the
 * pattern, which suits programmers only.
 * @param message without its subject: `must be the code of a country`
 * @param schema with a pattern
 */
export const patternMessage = <S extends TSchema>(message: string, schema: S): S => {
  messages.set(patternOf(schema), message)
  return schema
}

/** The message that was declared for a pattern; undefined without one. */
export const messageOfPattern = (pattern: unknown): string | undefined => messages.get(pattern)
