import type { TSchema } from 'typebox'
import { Text } from '../../src/domains/shared/index.ts'

type Shape = {
  readonly type?: string
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly money?: true
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
}

const anything = (Text(0, 0) as Shape).pattern

/** Whether a pattern restricts all characters of a text; that of `Text` accepts nearly all. */
const isRestrictive = (pattern: string | undefined): boolean =>
  pattern !== undefined && pattern !== anything && /^\^.*\$$/.test(pattern)

/**
 * Returns the fields of a schema that accept any text: neither a `Name`, `Paragraphs`, a `WebUrl` or a `Code`, nor an id,
 * a format, an enumeration or a pattern of its own; and money in any currency.
 * @param path name of the schema: `CreateProduct`
 * @returns paths of the fields: `CreateProduct.name`
 */
export const unguardedTexts = (schema: TSchema, path: string): readonly string[] => {
  const shape = schema as Shape
  if (shape.money && !('~refine' in (shape.properties?.['currency'] ?? {}))) return [path]
  if (shape.type === 'string' && shape.enum === undefined && shape.const === undefined)
    return shape.format !== undefined || isRestrictive(shape.pattern) ? [] : [path]
  return [
    ...Object.entries(shape.properties ?? {}).flatMap(([name, field]) =>
      unguardedTexts(field, `${path}.${name}`),
    ),
    ...(shape.items ? unguardedTexts(shape.items, `${path}[]`) : []),
    ...(shape.anyOf ?? []).flatMap((option) => unguardedTexts(option, path)),
  ]
}
