import type { TSchema } from 'typebox'

/** Key of the mark. Not enumerable, like TypeBox's own marks, so that it is not part of the JSON Schema. */
const mark = '~nfc'

/**
 * Marks a text that people write: it is stored in Unicode's NFC (composed letters). `inNormalForm` normalizes it at the
 * edge.
 */
export const composed = <S extends TSchema>(schema: S): S =>
  // A copy of the schema with its hidden properties, and the mark.
  Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(schema),
      [mark]: { value: true, enumerable: false, configurable: true },
    },
  ) as unknown as S

type Shape = {
  readonly [mark]?: true
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
  readonly format?: string
}

/** Normalizes data of one schema. */
type Normalize = (data: unknown) => unknown

const normalizeFields =
  (fields: readonly (readonly [string, Normalize])[]): Normalize =>
  (data) => {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
    const changed = fields.flatMap(([name, normalize]) => {
      const value = Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : undefined
      const normal = normalize(value)
      return normal === value ? [] : [[name, normal]]
    })
    return changed.length === 0 ? data : { ...data, ...Object.fromEntries(changed) }
  }

/** Returns the list with normalized items; the same one if none changes. */
const mapped = (data: readonly unknown[], normalize: Normalize): readonly unknown[] => {
  const normal = data.map(normalize)
  return normal.every((one, index) => one === data[index]) ? data : normal
}

/**
 * Returns a function that normalizes every text that is marked by `composed`, and writes UUIDs in lower case: they are
 * case-insensitive (RFC 9562 §4). Values that do not match the schema stay unchanged.
 * @returns undefined when the schema has neither
 */
export const inNormalForm = (schema: TSchema): Normalize | undefined => {
  const { [mark]: isMarked, properties = {}, items, anyOf = [], format } = schema as Shape
  if (isMarked) return (data) => (typeof data === 'string' ? data.normalize('NFC') : data)
  if (format === 'uuid') return (data) => (typeof data === 'string' ? data.toLowerCase() : data)
  const item = items && inNormalForm(items)
  const fields = Object.entries(properties).flatMap(([name, field]) => {
    const normalize = inNormalForm(field)
    return normalize ? [[name, normalize] as const] : []
  })
  const steps = [
    ...(item ? [(data: unknown) => (Array.isArray(data) ? mapped(data, item) : data)] : []),
    ...(fields.length > 0 ? [normalizeFields(fields)] : []),
    ...anyOf.flatMap((option) => inNormalForm(option) ?? []),
  ]
  if (steps.length === 0) return undefined
  return (data) => steps.reduce<unknown>((current, step) => step(current), data)
}
