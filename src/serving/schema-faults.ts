import type { Validator } from 'typebox/compile'
import { messageOfPattern } from '#kernel'
import { momentMessage } from './moments.ts'
import type { FieldError } from './problem.ts'

type Fault = ReturnType<Validator['Errors']>[number]

/** Formats a JSON pointer (RFC 6901) as a path: `/items/0/refId` as `items[0].refId`. */
const pathOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')

/** Joins a path and a field name, cut to 200 characters, as clients may send names of any length. */
const joinedPath = (path: string, name: string) => (path ? `${path}.${name}` : name).slice(0, 200)

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const formats: Readonly<Record<string, string>> = {
  uuid: 'must be a UUID',
  email: 'must be an e-mail address',
  'date-time': momentMessage,
  uri: 'must be a URL',
}

/** Removes faults that only report that an alternative of a union, such as null, does not match either. */
const withoutAlternatives = (faults: readonly Fault[]): readonly Fault[] =>
  faults.filter(({ keyword, schemaPath, params }) => {
    const inside = faults.filter((fault) => fault.schemaPath.startsWith(`${schemaPath}/anyOf/`))
    if (keyword === 'anyOf') return inside.length === 0
    const isNull = keyword === 'type' && (params as { readonly type?: unknown }).type === 'null'
    return !isNull || !/\/anyOf\/\d+$/.test(schemaPath)
  })

/** Converts one fault to messages without their subject, one for each field. */
const errorsOf = (fault: Fault, part: string): FieldError[] => {
  const path = pathOf(fault.instancePath)
  const params = fault.params as Readonly<Record<string, unknown>>
  const limit = String(params.limit)
  const say = (message: string) => [{ field: path || part, message }]
  switch (fault.keyword) {
    case 'boolean':
      // Repeats the fault of additionalProperties.
      return []
    case 'additionalProperties':
      return listOf(params.additionalProperties).map((name) => ({
        field: joinedPath(path, name),
        message: 'is not known here; leave it out',
      }))
    case 'required':
      return listOf(params.requiredProperties).map((name) => ({
        field: joinedPath(path, name),
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

/**
 * Converts validation faults to messages that name the field and the correction.
 * @param faults the validator's faults
 * @param part name of the whole value: `body`
 * @returns at least one
 */
export const fieldErrors = (
  faults: readonly Fault[],
  part: string,
): readonly [FieldError, ...FieldError[]] => {
  const all = withoutAlternatives(faults).flatMap((fault) => errorsOf(fault, part))
  const [first, ...others] = all.filter(
    ({ field, message }, at) =>
      at === all.findIndex((other) => other.field === field && other.message === message),
  )
  return first ? [first, ...others] : [{ field: part, message: 'is not valid' }]
}
