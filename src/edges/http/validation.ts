import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { inNormalForm, messageOfPattern } from '#kernel'
import { canonicalMoment, momentMessage } from '../../serving/moments.ts'
import { Problem, type FieldError } from '../../serving/problem.ts'

type Fault = ReturnType<Validator['Errors']>[number]

/** `/items/0/refId` as `items[0].refId` (a JSON pointer, RFC 6901, as a person would write it). */
const pathOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')

/** Names that a client made up may be of any length. */
const joined = (path: string, name: string) => (path ? `${path}.${name}` : name).slice(0, 200)

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const formats: Readonly<Record<string, string>> = {
  uuid: 'must be a UUID',
  email: 'must be an e-mail address',
  'date-time': momentMessage,
  uri: 'must be a URL',
}

/** Leaves out what is only said because a value could also be something else, such as null. */
const withoutAlternatives = (faults: readonly Fault[]): readonly Fault[] =>
  faults.filter(({ keyword, schemaPath, params }) => {
    const inside = faults.filter((fault) => fault.schemaPath.startsWith(`${schemaPath}/anyOf/`))
    if (keyword === 'anyOf') return inside.length === 0
    const isNull = keyword === 'type' && (params as { readonly type?: unknown }).type === 'null'
    return !isNull || !/\/anyOf\/\d+$/.test(schemaPath)
  })

/** What a person may do about a fault, as sentences without their subject. */
const told = (fault: Fault, part: string): FieldError[] => {
  const path = pathOf(fault.instancePath)
  const params = fault.params as Readonly<Record<string, unknown>>
  const limit = String(params.limit)
  const say = (message: string) => [{ field: path || part, message }]
  switch (fault.keyword) {
    case 'boolean':
      // Says again what additionalProperties says.
      return []
    case 'additionalProperties':
      return listOf(params.additionalProperties).map((name) => ({
        field: joined(path, name),
        message: 'is not known here; leave it out',
      }))
    case 'required':
      return listOf(params.requiredProperties).map((name) => ({
        field: joined(path, name),
        message: 'is required',
      }))
    case 'enum':
      return say(`must be one of ${listOf(params.allowedValues).join(', ')}`)
    case 'format':
      return say(formats[String(params.format)] ?? `must be a ${String(params.format)}`)
    case 'pattern':
      return say(messageOfPattern(params.pattern) ?? `must match ${String(params.pattern)}`)
    case '~refine':
      return say(String(params.message))
    case 'minimum':
      return say(`must be at least ${limit}`)
    case 'maximum':
      return say(`must be at most ${limit}`)
    case 'minLength':
      return say(`must have at least ${limit} characters`)
    case 'maxLength':
      return say(`must have at most ${limit} characters`)
    case 'minItems':
      return say(`must have at least ${limit} entries`)
    case 'maxItems':
      return say(`must have at most ${limit} entries`)
    default:
      return say(fault.message)
  }
}

const problemOf = (faults: readonly Fault[], part: string): Problem => {
  const said = withoutAlternatives(faults).flatMap((fault) => told(fault, part))
  const all = said.filter(
    ({ field, message }, at) =>
      at === said.findIndex((other) => other.field === field && other.message === message),
  )
  return refused(all.length > 0 ? all : [{ field: part, message: 'is not as it must be' }])
}

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
  // Headers are described for the documentation, and read where they matter.
  if (httpPart === 'headers') return () => true
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
    if (!validator.Check(value)) return { error: problemOf(validator.Errors(value), part) }
    if (part === 'body') return { value }
    const read = withMoments(moments, value)
    return Array.isArray(read) ? { error: refused(read) } : read
  }
}
