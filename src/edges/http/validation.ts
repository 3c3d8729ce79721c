import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { inNormalForm } from '#kernel'
import { canonicalMoment, momentMessage } from '../../serving/moments.ts'
import { Problem, type FieldError } from '../../serving/problem.ts'
import { fieldErrors } from '../../serving/schema-faults.ts'

const refused = (errors: readonly FieldError[]): Problem => {
  const sentences = errors.map(({ field, message }) => `${field} ${message}`)
  return new Problem(400, 'invalid_request', `${sentences.join('; ')}.`, errors)
}

type Field = {
  readonly type?: string
  readonly format?: string
  readonly default?: unknown
}

/** The text of a query or a path as what its schema asks for; what cannot be read stays text, and is refused. */
const read = ({ type, format }: Field, text: unknown): unknown => {
  if (typeof text !== 'string') return text
  // Upper or lower case, it is the same one (RFC 9562 §4).
  if (format === 'uuid') return text.toLowerCase()
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

type Fields = readonly (readonly [name: string, field: Field])[]

const fieldsOf = (schema: TSchema): Fields => {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, Field>> }
  return Object.entries(properties)
}

/** Queries and paths are text: numbers and booleans are read, defaults filled in. Bodies are taken as they are. */
const readAll = (fields: Fields, data: unknown): unknown => {
  const given: Record<string, unknown> = { ...(data as object) }
  for (const [name, field] of fields) {
    if (name in given) given[name] = read(field, given[name])
    else if (field.default !== undefined) given[name] = field.default
  }
  return given
}

/**
 * Moments of a valid query in their canonical form.
 * @param moments the fields that are moments
 * @returns the value, or the fields that are no moments after all
 */
const withMoments = (
  moments: readonly string[],
  valid: unknown,
): { value: unknown } | FieldError[] => {
  if (moments.length === 0) return { value: valid }
  const value: Record<string, unknown> = { ...(valid as object) }
  const errors: FieldError[] = []
  for (const field of moments) {
    const text = value[field]
    if (typeof text !== 'string') continue
    const canonical = canonicalMoment(text)
    if (canonical === undefined) errors.push({ field, message: momentMessage })
    else value[field] = canonical
  }
  return errors.length > 0 ? errors : { value }
}

const partOf = (httpPart: string | undefined) =>
  httpPart === 'querystring' ? 'query' : httpPart === 'params' ? 'path' : 'body'

/**
 * Checks requests by the very schemas that check events. A validator is compiled when it is first needed, so that a
 * start does not wait for those of routes that nobody calls.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = partOf(httpPart)
  const { required = [] } = schema as { readonly required?: readonly string[] }
  const normalize = inNormalForm(schema) ?? ((data: unknown) => data)
  const fields = fieldsOf(schema)
  const moments = fields.flatMap(([name, { format }]) => (format === 'date-time' ? name : []))
  let validator: Validator | undefined
  return (data: unknown) => {
    validator ??= Compile(schema) as Validator
    // Nobody has to send `{}` where every field may be left out.
    const nothing = part === 'body' && (data ?? undefined) === undefined && required.length === 0
    const value = nothing ? {} : normalize(part === 'body' ? data : readAll(fields, data))
    if (!validator.Check(value))
      return { error: refused(fieldErrors(validator.Errors(value), part)) }
    if (part === 'body') return { value }
    const read = withMoments(moments, value)
    return Array.isArray(read) ? { error: refused(read) } : read
  }
}
