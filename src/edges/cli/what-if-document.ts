import type { TObject } from 'typebox'
import { Compile } from 'typebox/compile'

/** Mask of secret and personal fields. */
const mask = '***'

/** Whether a value contains a masked value. */
export const hasMasked = (value: unknown): boolean =>
  value === mask ||
  (typeof value === 'object' && value !== null && Object.values(value).some(hasMasked))

const valueAt = (document: unknown, path: string): unknown =>
  path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined,
      document,
    )

/** Rule of the schema and value that an error is about, as path prefixes: nested errors begin with them. */
const placeOf = ({
  keyword,
  schemaPath,
  instancePath,
}: {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
}) => ({
  rule: `${schemaPath}/${keyword}/`,
  value: `${instancePath}/`,
})

/** Keywords of JSON Schema with several alternatives: the cause of their failure may be a nested error. */
const choices: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'not'])

/**
 * Validates documents that were folded from masked events. Values that are invalid only because they are masked (`***`
 * is not an e-mail address) count as valid.
 * @returns an error that names the field; undefined when the document is valid
 */
export const documentCheck = (schema: TObject): ((document: unknown) => string | undefined) => {
  const validator = Compile(schema)
  return (document) => {
    if (validator.Check(document)) return undefined
    const errors = [...validator.Errors(document)]
    const excused = errors
      .filter(({ keyword, instancePath }) => {
        const value = valueAt(document, instancePath)
        return value === mask || (choices.has(keyword) && hasMasked(value))
      })
      .map(placeOf)
    // Errors within an excused alternative are excused too.
    const error = errors.find((it) => {
      const { rule, value } = placeOf(it)
      return !excused.some((at) => rule.startsWith(at.rule) && value.startsWith(at.value))
    })
    if (!error) return undefined
    const field = error.instancePath.slice(1).replaceAll('/', '.') || 'it'
    if (error.keyword === 'boolean') return `${field} is not a field of the document`
    return `${field} ${error.message}`
  }
}
