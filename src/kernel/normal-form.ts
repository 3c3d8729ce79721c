import type { TSchema } from 'typebox'

/** Not enumerable, as those of TypeBox: no page and no JSON Schema shows it. */
const mark = '~nfc'

/**
 * Marks a text that people write. There is one way to keep each of its letters: composed (Unicode's NFC). `inNormalForm`
 * brings it there, at the edge.
 */
export const composed = <S extends TSchema>(schema: S): S =>
  // The same schema, but for what nobody sees.
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
}

/** Brings data of one schema into normal form. */
type Normalize = (data: unknown) => unknown

const through =
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

/**
 * How to bring data of a schema into normal form: every text that is marked by `composed`. Data that do not match the
 * schema are left as they are where they do not.
 * @returns undefined when nothing is marked
 */
export const inNormalForm = (schema: TSchema): Normalize | undefined => {
  const { [mark]: isMarked, properties = {}, items, anyOf = [] } = schema as Shape
  if (isMarked) return (data) => (typeof data === 'string' ? data.normalize('NFC') : data)
  const item = items && inNormalForm(items)
  const fields = Object.entries(properties).flatMap(([name, field]) => {
    const normalize = inNormalForm(field)
    return normalize ? [[name, normalize] as const] : []
  })
  const steps = [
    ...(item ? [(data: unknown) => (Array.isArray(data) ? data.map(item) : data)] : []),
    ...(fields.length > 0 ? [through(fields)] : []),
    ...anyOf.flatMap((option) => inNormalForm(option) ?? []),
  ]
  if (steps.length === 0) return undefined
  return (data) => steps.reduce<unknown>((current, step) => step(current), data)
}
