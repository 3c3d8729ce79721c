import type { TObject } from 'typebox'
import { Compile } from 'typebox/compile'

/** What analysts see in place of a secret or of what tells who a person is. */
const mask = '***'

/** Whether a value has anything masked in it. */
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

/** Which rule of the schema an error is about, and which value. What is within has a path that begins with theirs. */
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

/** Words of JSON Schema that fail where one of several shapes had to fit: the fault may be further inside. */
const choices: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'not'])

/**
 * Checks documents that were folded from masked events. What is only wrong because it is masked (`***` is no e-mail
 * address) counts as right: with the events as they were recorded, it would be.
 * @returns what is wrong with a document, in words that name the field; undefined when nothing is
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
    // What a choice is excused from, each of its shapes is.
    const error = errors.find((it) => {
      const { rule, value } = placeOf(it)
      return !excused.some((at) => rule.startsWith(at.rule) && value.startsWith(at.value))
    })
    if (!error) return undefined
    const field = error.instancePath.slice(1).replaceAll('/', '.') || 'it'
    if (error.keyword === 'boolean') return `${field} is no field of it`
    return `${field} ${error.message}`
  }
}
