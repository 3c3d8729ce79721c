import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { derivedUuid } from './uuid.ts'

declare const brand: unique symbol

/** A string that only its own kind may stand in for: a `PaymentId` is no `OrderId`. */
export type Branded<Name extends string> = string & { readonly [brand]: Name }

/**
 * The schema of one kind of id.
 * @param name what it identifies, `OrderId`; brands the type and titles the schema
 * @param shape what it looks like, where it is no UUID
 */
export const Id = <const Name extends string>(
  name: Name,
  shape: { readonly pattern: string } | { readonly format: string } = { format: 'uuid' },
) => Type.Unsafe<Branded<Name>>(Type.String({ ...shape, title: name }))

/**
 * Takes a text for an id of its kind.
 * @throws TypeError when it does not look like one
 */
export const asId = <I extends TSchema & { readonly title?: string }>(
  schema: I,
  text: string,
): Static<I> => {
  if (!Check(schema, text)) throw new TypeError(`"${text}" is no ${schema.title ?? 'id'}`)
  return text
}

/**
 * An id that follows from others, so that whoever asks again means the same thing: a UUID, version 5 (RFC 9562).
 * @param _ the kind of id wanted
 * @param parts what it follows from, in order
 */
export const derivedId = <I extends TSchema>(_: I, ...parts: readonly string[]): Static<I> =>
  derivedUuid(...parts) as Static<I>

/** A moment, ISO 8601 in UTC: `2030-01-01T00:00:00.000Z`. */
export const Timestamp = Type.String({ format: 'date-time' })

/** The data of a message that needs none. */
export const Nothing = Type.Object({}, { additionalProperties: false })

/** An object with these fields and no others: what a message carries is what its schema names. */
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

/** Marks a secret field, readable only by the code that needs it: password hashes, card tokens. */
export const secret = <S extends TSchema>(schema: S): S => marked(schema, 'secret')

/**
 * Marks a field that tells who a person is; analysts see it masked. The log keeps it sealed with a key of the person
 * whom the event is about, so that it can be forgotten.
 */
export const personal = <S extends TSchema>(schema: S): S => marked(schema, 'personal')

const persons = new WeakMap<TSchema, string>()

/**
 * Says whom an event is about, where neither its field `userId` nor its stream's id does.
 * @param field of the event's data, with a user's id
 */
export const about = <S extends TSchema>(field: string, schema: S): S => {
  persons.set(schema, field)
  return schema
}

/** The field that says whom an event is about, if it was named. */
export const aboutWhom = (schema: TSchema): string | undefined => persons.get(schema)

/**
 * Marks an id that follows from what somebody is called: who guesses that can work it out. Analysts see it masked,
 * also as the name of a stream, lest they find the person by a guess.
 */
export const guessable = <S extends TSchema>(schema: S): S => marked(schema, 'guessable')

/** Marks an object of `{ amount, currency }`, amount in minor units, so that stores know it for money. */
export const money = <S extends TSchema>(schema: S): S => marked(schema, 'money')

/** The marks of a schema; none, when it was not marked. */
export const marksOf = (schema: TSchema): Marks => schema as Marks

/** Turns the data of one version of an event into that of the next. */
export type Upcaster = (data: never) => unknown

const upcasters = new WeakMap<TSchema, readonly Upcaster[]>()

/**
 * An event whose shape has changed since it was first recorded. The schema is today's; events of older versions
 * are brought up to it as they are read, so that rules know one shape only.
 * @param schema today's shape
 * @param steps from version 1 to 2, from 2 to 3, and so on to today's
 */
export const evolved = <S extends TSchema>(schema: S, ...steps: readonly Upcaster[]): S => {
  upcasters.set(schema, steps)
  return schema
}

/** The version that events of this schema are recorded under: 1 until the shape first changes. */
export const versionOf = (schema: TSchema): number => (upcasters.get(schema)?.length ?? 0) + 1

/**
 * Brings recorded data up to today's shape.
 * @param schema today's shape
 * @param version the version the data was recorded under
 */
export const upcast = (schema: TSchema, version: number, data: unknown): unknown =>
  (upcasters.get(schema) ?? [])
    .slice(version - 1)
    .reduce<unknown>((older, step) => step(older as never), data)
