import type { Validator } from 'typebox/compile'
import { messageOfPattern } from '#kernel'
import { momentMessage } from './moments.ts'
import type { FieldError } from './problem.ts'

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

/** What is wrong with one value, as sentences without their subject. */
const errorsOf = (fault: Fault, part: string): FieldError[] => {
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

/**
 * The faults of a value that does not match its schema, in words: each names its field and says what to do.
 * @param faults as the validator found them
 * @param part names the whole value: `body`
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
  return first ? [first, ...others] : [{ field: part, message: 'is not as it must be' }]
}
