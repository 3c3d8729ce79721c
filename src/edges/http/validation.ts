import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { firstUse, inNormalForm } from '#kernel'
import { formerName } from '../../serving/renamed.ts'
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
  readonly [formerName]?: string
}

/** Converts the text of a query or path parameter to the type of its schema; unparsable text stays text, and is rejected. */
const read = ({ type }: Field, text: unknown): unknown => {
  if (typeof text !== 'string') return text
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

type Fields = readonly (readonly [name: string, field: Field])[]

const fieldsOf = (schema: TSchema): Fields => {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, Field>> }
  return Object.entries(properties)
}

/** Parses the parameters of a query or path and fills in defaults. Bodies are not converted. */
const readAll = (fields: Fields, data: unknown): unknown => {
  const given: Record<string, unknown> = { ...(data as object) }
  for (const [name, field] of fields) {
    const former = field[formerName]
    if (former !== undefined && former in given && !(name in given)) {
      given[name] = given[former]
      delete given[former]
    }
    if (name in given) given[name] = read(field, given[name])
    else if (field.default !== undefined) given[name] = field.default
  }
  return given
}

/**
 * Converts the moments of a valid query to their canonical form.
 * @param moments names of the fields with moments
 * @returns the value, or the errors of fields that are not moments after all
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

/** Validators of each schema, compiled once for all paths and servers that it is registered with. */
const validators = new WeakMap<TSchema, () => Validator>()

const validatorOf = (schema: TSchema): (() => Validator) => {
  const known = validators.get(schema)
  if (known) return known
  const compiled = firstUse(() => Compile(schema) as Validator)
  validators.set(schema, compiled)
  return compiled
}

/**
 * Compiles validators from the schemas that also check events. Each is compiled on first use, so that a start does not
 * wait for those of unused routes.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = partOf(httpPart)
  const { required = [] } = schema as { readonly required?: readonly string[] }
  const normalize = inNormalForm(schema) ?? ((data: unknown) => data)
  const fields = fieldsOf(schema)
  const moments = fields.flatMap(([name, { format }]) => (format === 'date-time' ? name : []))
  const validator = validatorOf(schema)
  return (data: unknown) => {
    // A missing body counts as `{}` where every field is optional.
    const isAbsent = part === 'body' && (data ?? undefined) === undefined && required.length === 0
    const value = isAbsent ? {} : normalize(part === 'body' ? data : readAll(fields, data))
    if (!validator().Check(value))
      return { error: refused(fieldErrors(validator().Errors(value), part)) }
    if (part === 'body') return { value }
    const read = withMoments(moments, value)
    return Array.isArray(read) ? { error: refused(read) } : read
  }
}
