import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { derivedUuid } from './uuid.ts'

declare const brand: unique symbol

/** A string of one kind, not assignable from another kind: a `PaymentId` is not an `OrderId`. */
export type Branded<Name extends string> = string & { readonly [brand]: Name }

/**
 * Returns the schema of one kind of id.
 * @param name of the kind, such as `OrderId`: the brand of the type and the title of the schema
 * @param shape pattern or format; default: a UUID
 */
export const Id = <const Name extends string>(
  name: Name,
  shape: { readonly pattern: string } | { readonly format: string } = { format: 'uuid' },
) => Type.Unsafe<Branded<Name>>(Type.String({ ...shape, title: name }))

/**
 * Validates a text as an id of a kind.
 * @throws TypeError when it does not match the schema
 */
export const asId = <I extends TSchema & { readonly title?: string }>(
  schema: I,
  text: string,
): Static<I> => {
  if (!Check(schema, text)) throw new TypeError(`"${text}" is not a valid ${schema.title ?? 'id'}`)
  return text
}

/**
 * Returns an id derived from others, so that a repeated request gives the same id: a UUID, version 5 (RFC 9562).
 * @param _ kind of the id
 * @param parts input of the hash; their order matters
 */
export const derivedId = <I extends TSchema>(_: I, ...parts: readonly string[]): Static<I> =>
  derivedUuid(...parts) as Static<I>

/** A time, ISO 8601 in UTC: `2030-01-01T00:00:00.000Z`. */
export const Timestamp = Type.String({ format: 'date-time' })

/** Schema of a message without data. */
export const Nothing = Type.Object({}, { additionalProperties: false })

/** Schema of an object with these fields and no additional ones. */
export const Fields = <const P extends Record<string, TSchema>>(
  properties: P,
  options: { readonly description?: string } = {},
) => Type.Object(properties, { additionalProperties: false, ...options })

type Marks = {
  readonly secret?: true
  readonly personal?: true
  readonly money?: true
  readonly guessable?: true
}

const marked = <S extends TSchema>(schema: S, mark: keyof Marks): S =>
  Object.defineProperties(
    { [mark]: true },
    Object.getOwnPropertyDescriptors(schema),
  ) as unknown as S

/** Marks a secret field, such as a password hash or a card token; only the code that uses it reads it. */
export const secret = <S extends TSchema>(schema: S): S => marked(schema, 'secret')

/**
 * Marks a personal field; analysts see it masked. The log seals it with the key of the person whom the event concerns;
 * destroying the key makes it unreadable.
 */
export const personal = <S extends TSchema>(schema: S): S => marked(schema, 'personal')

const persons = new WeakMap<TSchema, string>()

/**
 * Declares the field that names the person whom an event concerns, where neither its field `userId` nor its stream's id
 * does.
 * @param field of the event's data, with a user's id
 */
export const about = <S extends TSchema>(field: string, schema: S): S => {
  persons.set(schema, field)
  return schema
}

/** Returns the field that was declared by `about`, if any. */
export const aboutWhom = (schema: TSchema): string | undefined => persons.get(schema)

/**
 * Marks an id that is derived from a name or an address and can be found by guessing that. Analysts see it masked, also
 * in the names of streams.
 */
export const guessable = <S extends TSchema>(schema: S): S => marked(schema, 'guessable')

/** Marks an object of `{ amount, currency }`, amount in minor units, so that stores handle it as money. */
export const money = <S extends TSchema>(schema: S): S => marked(schema, 'money')

/** Returns the marks of a schema. */
export const marksOf = (schema: TSchema): Marks => schema as Marks

/** Converts an event's data from one version to the next. */
export type Upcaster = (data: never) => unknown

const upcasters = new WeakMap<TSchema, readonly Upcaster[]>()

/**
 * Declares the upcasters of an event whose schema has changed. Events of older versions are upcast as they are read, so
 * that rules handle the current version only.
 * @param schema current version
 * @param steps from version 1 to 2, from 2 to 3, and so on to the current one
 */
export const evolved = <S extends TSchema>(schema: S, ...steps: readonly Upcaster[]): S => {
  upcasters.set(schema, steps)
  return schema
}

/** Returns the current version of a schema: 1 plus the number of its upcasters. */
export const versionOf = (schema: TSchema): number => (upcasters.get(schema)?.length ?? 0) + 1

/**
 * Upcasts recorded data to the current version.
 * @param schema current version
 * @param version version under which the data were recorded
 */
export const upcast = (schema: TSchema, version: number, data: unknown): unknown =>
  (upcasters.get(schema) ?? [])
    .slice(version - 1)
    .reduce<unknown>((older, step) => step(older as never), data)
