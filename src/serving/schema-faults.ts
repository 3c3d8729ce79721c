import { messageOfPattern } from '#kernel'
import { bestAlternatives, type Fault } from './best-alternative.ts'
import { momentMessage } from './moments.ts'
import type { FieldError } from './problem.ts'

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
  'idn-email': 'must be an e-mail address',
  'date-time': momentMessage,
  uri: 'must be a URL',
}

/** Words for the types of JSON. */
const types: Readonly<Record<string, string>> = {
  integer: 'an integer',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

/** Formats a number of things: `1 character`, `2 characters`. @param several the plural, unless it ends in s */
const counted = (limit: unknown, one: string, several = `${one}s`): string =>
  `${String(limit)} ${limit === 1 ? one : several}`

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
    case 'const':
      return say(`must be ${String(params.allowedValue)}`)
    case 'anyOf':
      return say('is of no known kind')
    case 'type':
      return say(
        `must be ${listOf([params.type].flat())
          .map((type) => types[type] ?? type)
          .join(' or ')}`,
      )
    case 'uniqueItems':
      return say('must have no entry twice')
    case 'multipleOf':
      return say(`must be a multiple of ${String(params.multipleOf)}`)
    case 'format':
      return say(formats[String(params.format)] ?? `must have the format ${String(params.format)}`)
    case 'pattern':
      return say(messageOfPattern(params.pattern) ?? `must match ${String(params.pattern)}`)
    case '~refine':
      return say(String(params.message))
    case 'minimum':
      return say(`must be at least ${limit}`)
    case 'maximum':
      return say(`must be at most ${limit}`)
    case 'exclusiveMinimum':
      return say(`must be more than ${limit}`)
    case 'minLength':
      return say(`must have at least ${counted(params.limit, 'character')}`)
    case 'maxLength':
      return say(`must have at most ${counted(params.limit, 'character')}`)
    case 'minItems':
      return say(`must have at least ${counted(params.limit, 'entry', 'entries')}`)
    case 'maxItems':
      return say(`must have at most ${counted(params.limit, 'entry', 'entries')}`)
    case 'maxProperties':
      return say(`must have at most ${counted(params.limit, 'field')}`)
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
  const all = bestAlternatives(faults).flatMap((fault) => errorsOf(fault, part))
  const [first, ...others] = all.filter(
    ({ field, message }, at) =>
      at === all.findIndex((other) => other.field === field && other.message === message),
  )
  return first ? [first, ...others] : [{ field: part, message: 'is not valid' }]
}
