import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { Declaration } from './decider.ts'
import type { FindPersonal, PersonalValue } from './personal-part.ts'
import { aboutWhom, marksOf } from './schema.ts'

type Shape = {
  readonly type?: string
  readonly format?: string
  readonly minimum?: number
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
}

const texts: Readonly<Record<string, string>> = {
  email: 'forgotten@agora.invalid',
  uuid: '00000000-0000-0000-0000-000000000000',
  'date-time': '1970-01-01T00:00:00.000Z',
}

const candidate = (schema: TSchema): unknown => {
  const shape = schema as Shape
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return shape.enum[0]
  if (shape.anyOf) return shape.anyOf[0] && candidate(shape.anyOf[0])
  switch (shape.type) {
    case 'string':
      return texts[shape.format ?? ''] ?? 'forgotten'
    case 'integer':
    case 'number':
      return shape.minimum ?? 0
    case 'boolean':
      return false
    case 'array':
      return []
    case 'object':
      return Object.fromEntries(
        (shape.required ?? []).map((name) => [name, candidate(shape.properties![name]!)]),
      )
  }
  return null
}

/**
 * Returns the replacement of a value that can no longer be decrypted.
 * @throws Error when no placeholder matches the schema
 */
export const placeholderOf = (schema: TSchema): unknown => {
  const placeholder = candidate(schema)
  if (Check(schema, placeholder)) return placeholder
  throw new Error(`No placeholder matches ${JSON.stringify(schema)}`)
}

/** Marked places of a schema; branches without marks are left out. */
type Places = {
  /** The value itself is marked. */
  readonly placeholder?: { readonly value: unknown }
  readonly fields: readonly (readonly [string, Places])[]
  readonly items?: Places
}

const placesIn = (schema: TSchema): Places | undefined => {
  const { secret, personal } = marksOf(schema)
  if (secret || personal) return { placeholder: { value: placeholderOf(schema) }, fields: [] }
  const { items, anyOf = [] } = schema as Shape
  const inItems = items && placesIn(items)
  const fields = [schema as Shape, ...(anyOf as readonly Shape[])]
    .flatMap(({ properties }) => Object.entries(properties ?? {}))
    .flatMap(([name, field]) => {
      const places = placesIn(field)
      return places ? [[name, places] as const] : []
    })
  if (fields.length === 0 && !inItems) return undefined
  return { fields, ...(inItems && { items: inItems }) }
}

const collect = (
  places: Places,
  data: unknown,
  path: PersonalValue['path'],
  found: PersonalValue[],
): void => {
  // Null holds no personal value.
  if (data === undefined || data === null) return
  if (places.placeholder) found.push({ path, value: data, placeholder: places.placeholder.value })
  else if (Array.isArray(data)) {
    if (places.items)
      for (const [index, item] of data.entries())
        collect(places.items, item, [...path, index], found)
  } else if (typeof data === 'object')
    for (const [name, field] of places.fields)
      collect(field, (data as Record<string, unknown>)[name], [...path, name], found)
}

/** Returns a function that finds the marked values in data of a schema. @throws Error when a marked field has no placeholder */
export const markedIn = (
  schema: TSchema,
): ((data: unknown) => readonly PersonalValue[]) | undefined => {
  const places = placesIn(schema)
  return (
    places &&
    ((data) => {
      const found: PersonalValue[] = []
      collect(places, data, [], found)
      return found
    })
  )
}

type Declared = { readonly id?: TSchema }

/** Title of the schema of users' ids. */
const people = 'UserId'

const isPerson = (schema: TSchema | undefined): boolean =>
  (schema as { title?: string } | undefined)?.title === people

/** Returns the field that names the person whom an event concerns; `true` when the stream's id does. */
const personField = ({ id }: Declared, schema: TSchema): string | true | undefined =>
  aboutWhom(schema) ??
  (isPerson((schema as Shape).properties?.['userId']) ? 'userId' : isPerson(id) || undefined)

/**
 * Returns a function that finds the personal values in events of a schema. The person is named by the field that `about`
 * declares, else by the field `userId`, else by the stream's id, if that is a user's.
 * @param declaration of the decider that records them
 * @returns undefined when no field is marked, or no person is named
 * @throws Error when a marked field has no placeholder
 */
export const personalIn = (declaration: Declared, schema: TSchema): FindPersonal | undefined => {
  const find = markedIn(schema)
  const field = personField(declaration, schema)
  if (!find || field === undefined) return undefined
  return (id, data) => {
    const person = field === true ? id : (data as Record<string, unknown>)[field]
    if (typeof person !== 'string') return undefined
    const values = find(data)
    return values.length > 0 ? { person, values } : undefined
  }
}

const personalFieldsOf = (schema: TSchema, path: string): readonly string[] => {
  if (marksOf(schema).personal) return [path]
  const { properties = {}, items, anyOf = [] } = schema as Shape
  return [
    ...Object.entries(properties).flatMap(([name, field]) =>
      personalFieldsOf(field, `${path}.${name}`),
    ),
    ...(items ? personalFieldsOf(items, `${path}[]`) : []),
    ...anyOf.flatMap((one) => personalFieldsOf(one, path)),
  ]
}

/**
 * Returns the personal fields of events that name no person. There should be none, as they cannot be sealed and erased.
 * @returns paths such as `ThingSold.buyer.name`
 */
export const unattributedPersonalFields = (
  declarations: readonly (Declared & Pick<Declaration, 'events'>)[],
): readonly string[] =>
  declarations.flatMap((declaration) =>
    Object.entries(declaration.events).flatMap(([type, schema]) =>
      personField(declaration, schema) === undefined ? personalFieldsOf(schema, type) : [],
    ),
  )
