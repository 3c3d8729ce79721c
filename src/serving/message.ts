import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Fields } from '#kernel'

/** Refuses what a client asked for over a socket. */
export const Refused = Fields(
  {
    ok: Type.Literal(false),
    code: Type.String({
      pattern: '^[a-z]+(_[a-z]+)*$',
      description: 'The stable name of the reason.',
    }),
    message: Type.String({ description: 'What is wrong, and what to do about it.' }),
  },
  { description: '"No" to what was asked.' },
)
export type Refused = Readonly<Static<typeof Refused>>

/** The acknowledgement of a client's question. */
export type Answer<Details extends object = object> = ({ readonly ok: true } & Details) | Refused

/**
 * A refusal.
 * @param code stable, in snake_case
 * @param message what is wrong, and what to do about it
 */
export const refusal = (code: string, message: string): Refused => ({ ok: false, code, message })

/** The position of the log that a message is true for: a query with `?minPosition=` of it shows the same. */
export const Position = Type.String({
  pattern: '^[0-9]+$',
  description:
    'Up to where in the log this is true: ask with `?minPosition=` of it to read the same.',
})

/** A question that clients may send, as data: validation, types and documentation follow from it. */
export type Ask<Payload extends TSchema = TSchema, Details extends TObject = TObject> = {
  readonly about: string
  readonly payload: Payload
  /** The fields of the acknowledgement beside `ok: true`; a `Refused` may take its place. */
  readonly details: Details
}

/** A message that the server sends, as data. */
export type Tell<Payload extends TSchema = TSchema> = {
  readonly about: string
  readonly payload: Payload
  /** The types of the events that it follows; empty when each client chooses them. */
  readonly after: readonly string[]
}

/** Every message of a namespace, both ways, by name. */
export type Messages = {
  readonly about: string
  /** The questions of clients. */
  readonly client: Readonly<Record<string, Ask>>
  /** The messages of the server. */
  readonly server: Readonly<Record<string, Tell>>
}

/**
 * Declares a question.
 * @param about what it is for, as a sentence
 * @param payload the schema of what clients send
 * @param details the fields of the acknowledgement beside `ok: true`
 */
export const ask = <Payload extends TSchema, Details extends TObject = TObject<{}>>(
  about: string,
  payload: Payload,
  ...[details]: TObject<{}> extends Details ? [details?: Details] : [details: Details]
): Ask<Payload, Details> => ({ about, payload, details: details ?? (Fields({}) as Details) })

/**
 * Declares a message that the server sends.
 * @param about what it means, as a sentence
 * @param payload its schema
 * @param after the types of the events that it follows, where those are always the same
 */
export const tell = <Payload extends TSchema>(
  about: string,
  payload: Payload,
  after: readonly string[] = [],
): Tell<Payload> => ({ about, payload, after })
