import { isDeepStrictEqual } from 'node:util'
import type { TSchema } from 'typebox'

/** A field in which two documents differ; a value is undefined where there is none. */
export type FieldDifference = {
  /** Names joined by dots, entries of lists as `[]`, names that the schema does not declare as `*`; empty for the document. */
  readonly path: string
  /** Where it is in these documents: names, and indexes of lists. */
  readonly place: readonly string[]
  readonly old: unknown
  readonly next: unknown
}

type Shape = {
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const valueIn = (fields: Fields, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined

/** The schemas that a value may follow: those of a union, too. */
const choicesOf = (schemas: readonly TSchema[]): readonly Shape[] =>
  schemas.flatMap((schema) => {
    const shape: Shape = schema
    return shape.anyOf ? choicesOf(shape.anyOf) : [shape]
  })

/** The fields in which two values differ, outermost first; a list or an object that only one of them has is one field. */
const differing = (
  old: unknown,
  next: unknown,
  shapes: readonly Shape[],
  at: Pick<FieldDifference, 'path' | 'place'>,
): readonly FieldDifference[] => {
  if (isDeepStrictEqual(old, next)) return []
  if (Array.isArray(old) && Array.isArray(next)) {
    const items = choicesOf(shapes.flatMap((shape) => (shape.items ? [shape.items] : [])))
    return Array.from({ length: Math.max(old.length, next.length) }, (_, nth) =>
      differing(old[nth], next[nth], items, {
        path: `${at.path}[]`,
        place: [...at.place, String(nth)],
      }),
    ).flat()
  }
  if (!isFields(old) || !isFields(next)) return [{ ...at, old, next }]
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])]
  return names.flatMap((name) => {
    const declared = shapes.flatMap(({ properties }) =>
      properties && Object.hasOwn(properties, name) ? [properties[name]!] : [],
    )
    // A name that no schema declares may be an id, or personal.
    const shown = declared.length > 0 ? name : '*'
    return differing(valueIn(old, name), valueIn(next, name), choicesOf(declared), {
      path: at.path === '' ? shown : `${at.path}.${shown}`,
      place: [...at.place, name],
    })
  })
}

/**
 * Returns the fields in which two documents differ; none if, and only if, they are deeply equal. Both are as stores return
 * them: without undefined fields.
 * @param schema of the documents
 */
export const fieldDifferences = (
  schema: TSchema,
  old: unknown,
  next: unknown,
): readonly FieldDifference[] => differing(old, next, choicesOf([schema]), { path: '', place: [] })

/** Whether a gate ignores a field: it names the field itself, or one around it. */
export const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[]`))

/** The value at a place in a document; undefined where there is none. */
export const valueAt = (document: unknown, place: readonly string[]): unknown => {
  let value = document
  for (const name of place) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Fields)[name]
  }
  return value
}
