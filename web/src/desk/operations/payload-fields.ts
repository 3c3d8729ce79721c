/** A field of a job's payload, as a form shows it; `json` for what no simple field can hold. */
export type PayloadField = {
  readonly name: string
  readonly kind: 'choice' | 'number' | 'yes-no' | 'text' | 'json'
  readonly options: readonly string[]
  readonly isRequired: boolean
  readonly about: string | undefined
  readonly min: number | undefined
  readonly max: number | undefined
}

type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const optionsOf = (schema: Schema): readonly string[] => {
  const { enum: values, anyOf } = schema
  if (Array.isArray(values)) return values.filter((one) => typeof one === 'string')
  if (!Array.isArray(anyOf)) return []
  const constants: readonly unknown[] = anyOf.map((one) => isSchema(one) && one['const'])
  return constants.every((one) => typeof one === 'string') ? constants : []
}

const kindOf = (schema: Schema, options: readonly string[]): PayloadField['kind'] => {
  if (options.length > 0) return 'choice'
  if (schema['type'] === 'integer' || schema['type'] === 'number') return 'number'
  if (schema['type'] === 'boolean') return 'yes-no'
  return schema['type'] === 'string' ? 'text' : 'json'
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

/** Returns the fields of a payload. @param schema JSON Schema of an object */
export const payloadFields = (schema: Schema): readonly PayloadField[] => {
  const { properties, required } = schema
  if (!isSchema(properties)) return []
  return Object.entries(properties).flatMap(([name, field]) => {
    if (!isSchema(field)) return []
    const options = optionsOf(field)
    return [
      {
        name,
        kind: kindOf(field, options),
        options,
        isRequired: Array.isArray(required) && required.includes(name),
        about: textOf(field['description']),
        min: numberOf(field['minimum']),
        max: numberOf(field['maximum']),
      },
    ]
  })
}

/** What was typed into the field of a payload. */
export type Typed = {
  readonly text: (name: string) => string
  readonly number: (name: string) => number | undefined
  readonly ticked: (name: string) => boolean
}

/** Name of a payload's field in the form, which is also its path in the API's faults. */
export const inputName = (name: string): string => `payload.${name}`

const valueOf = ({ name, kind }: PayloadField, typed: Typed): unknown => {
  const input = inputName(name)
  if (kind === 'number') return typed.number(input)
  if (kind === 'yes-no') return typed.ticked(input) || undefined
  const text = typed.text(input)
  if (text === '') return undefined
  return kind === 'json' ? JSON.parse(text) : text
}

/**
 * Returns the payload that was typed; empty fields are left out.
 * @returns besides it, the names of the fields whose text is no JSON
 */
export const typedPayload = (
  fields: readonly PayloadField[],
  typed: Typed,
): { readonly payload: Readonly<Record<string, unknown>>; readonly notJson: readonly string[] } => {
  const payload: Record<string, unknown> = {}
  const notJson: string[] = []
  for (const field of fields)
    try {
      const value = valueOf(field, typed)
      if (value !== undefined) payload[field.name] = value
    } catch {
      notJson.push(field.name)
    }
  return { payload, notJson }
}
