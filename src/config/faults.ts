import { Environment } from './environment.ts'

/** An error of the validator, as far as it is read here. */
type Fault = {
  readonly keyword: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

const expectedOf = (variable: string): string | undefined => {
  const schema = Object.entries(Environment.properties).find(([name]) => name === variable)?.[1]
  return schema && 'expected' in schema && typeof schema.expected === 'string'
    ? schema.expected
    : undefined
}

/**
 * Describes an invalid variable in words, with what is allowed instead of a pattern. The value is never part of it, since it
 * may be a secret.
 */
export const faultOf = ({ keyword, instancePath, params, message }: Fault): string => {
  const variable = instancePath.slice(1)
  const expected = expectedOf(variable)
  if (keyword === 'pattern' && expected !== undefined) return `${variable} must be ${expected}`
  if (keyword === 'enum' && 'allowedValues' in params && Array.isArray(params.allowedValues))
    return `${variable} must be one of ${params.allowedValues.join(', ')}`
  if (keyword === 'minLength' && 'limit' in params)
    return `${variable} must have at least ${String(params.limit)} characters`
  if (keyword === 'maxLength' && 'limit' in params)
    return `${variable} must have at most ${String(params.limit)} characters`
  return `${variable} ${message}`
}
