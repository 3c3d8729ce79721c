import type { TSchema } from 'typebox'

const messages = new Map<unknown, string>()

const patternOf = (schema: TSchema): unknown =>
  'pattern' in schema && typeof schema.pattern === 'string' ? schema.pattern : undefined

/**
 * Declares the error message for texts that do not match a schema's pattern. Without it the message is the pattern itself,
 * which only programmers understand.
 * @param message without its subject: `must be the code of a country`
 * @param schema with a pattern
 */
export const patternMessage = <S extends TSchema>(message: string, schema: S): S => {
  messages.set(patternOf(schema), message)
  return schema
}

/** Returns the declared error message of a pattern; undefined without one. */
export const messageOfPattern = (pattern: unknown): string | undefined => messages.get(pattern)
