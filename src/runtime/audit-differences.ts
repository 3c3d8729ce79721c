import { isDeepStrictEqual } from 'node:util'
import { jsonOf } from '../platform/storage/documents/json.ts'

/** A document as any store returns it: without undefined fields, with storable texts. Undefined for none. */
export const asStored = (document: unknown): unknown =>
  document === undefined ? undefined : (JSON.parse(jsonOf(document)) as unknown)

/** Whether two documents are the same, as stores return them. */
export const isSameStored: (one: unknown, other: unknown) => boolean = isDeepStrictEqual

const fieldsIn = (document: unknown): Readonly<Record<string, unknown>> =>
  typeof document === 'object' && document !== null ? { ...document } : {}

/**
 * Returns the names of the fields in which two documents differ, in alphabetical order.
 * @param one as stores return it
 * @param declared the fields of the schema; a name that is none of them may be personal, and is left out
 */
export const differingFields = (
  one: unknown,
  other: unknown,
  declared: ReadonlySet<string>,
): readonly string[] => {
  const [left, right] = [fieldsIn(one), fieldsIn(other)]
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  const differing = names.filter((name) => !isDeepStrictEqual(left[name], right[name]))
  const shown = differing.map((name) => (declared.has(name) ? name : '(a field of no schema)'))
  return [...new Set(shown)].toSorted()
}
