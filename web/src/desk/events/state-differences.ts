import { isContainer, type JsonContainer, type JsonPath } from './json-path.ts'

/** A place at which two values differ. */
export type Difference =
  | { readonly kind: 'added'; readonly path: JsonPath; readonly after: unknown }
  | { readonly kind: 'removed'; readonly path: JsonPath; readonly before: unknown }
  | {
      readonly kind: 'changed'
      readonly path: JsonPath
      readonly before: unknown
      readonly after: unknown
    }

const isSameKind = (a: JsonContainer, b: JsonContainer): boolean =>
  Array.isArray(a) === Array.isArray(b)

/** The value of a field; a name such as `valueOf` may be one, and is inherited by every object. */
const own = (value: JsonContainer, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined

/**
 * Returns the differences between two JSON values, in the order of the second: fields that were added, removed or changed.
 * What was added or removed as a whole is one difference; `undefined` counts as absent.
 */
export const differencesOf = (
  before: unknown,
  after: unknown,
  path: JsonPath = [],
): readonly Difference[] => {
  if (Object.is(before, after)) return []
  if (before === undefined) return [{ kind: 'added', path, after }]
  if (after === undefined) return [{ kind: 'removed', path, before }]
  if (!isContainer(before) || !isContainer(after) || !isSameKind(before, after))
    return [{ kind: 'changed', path, before, after }]
  const names = new Set([...Object.keys(after), ...Object.keys(before)])
  return [...names].flatMap((name) =>
    differencesOf(own(before, name), own(after, name), [...path, name]),
  )
}
