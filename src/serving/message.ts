import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Fields } from '#kernel'

/** Refusal of a question over a socket. */
export const Refused = Fields(
  {
    ok: Type.Literal(false),
    code: Type.String({
      pattern: '^[a-z]+(_[a-z]+)*$',
      description: 'The stable name of the reason.',
    }),
    message: Type.String({ description: 'The reason, and how to correct the question.' }),
  },
  { description: 'Refusal of the question.' },
)
export type Refused = Readonly<Static<typeof Refused>>

/** The acknowledgement of a client's question. */
export type Answer<Details extends object = object> = ({ readonly ok: true } & Details) | Refused

/**
 * Creates a refusal.
 * @param code stable, in snake_case
 * @param message the reason, and how to correct the question
 */
export const refusal = (code: string, message: string): Refused => ({ ok: false, code, message })

/** Schema of a message's position: a query with `?minPosition=` of it reads the same state. */
export const Position = Type.String({
  pattern: '^[0-9]+$',
  description:
    'Position of the log that this includes: a query with `?minPosition=` of it reads the same.',
})

/** Schema of the position after which a client asks for every message: that of the last one it has received. */
export const AfterPosition = Type.String({
  pattern: '^[0-9]{1,18}$',
  description: 'Position of the last message received: each later one is sent once, in order.',
})

/**
 * Most messages that are sent to a client that has missed them. Beyond, the acknowledgement says `skipped`, and the client
 * reads them over HTTP.
 */
export const maxMissed = 500

/** Fields of an acknowledgement after which every message is sent once, in order. */
export const following = {
  position: Type.String({
    pattern: '^[0-9]+$',
    description: 'Every message after this position follows, once and in order.',
  }),
  skipped: Type.Optional(
    Type.Literal(true, {
      description: `More than ${maxMissed} messages were missed: those up to \`position\` are not sent, and are read over HTTP.`,
    }),
  ),
}

/** Field of a command's payload that makes a repetition harmless, as the header `Idempotency-Key` of HTTP does. */
export const IdempotencyKey = Type.Optional(
  Type.String({
    pattern: '^[!-~]{1,255}$',
    description:
      'Makes a repetition harmless: it is acknowledged as the first one was. Another request under the key is refused.',
  }),
)

/** A question that clients send, as data: validation, types and documentation follow from it. */
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
  /** The types of the events that cause it; empty when each client chooses them. */
  readonly after: readonly string[]
}

/** All messages of a namespace in both directions, by name. */
export type Messages = {
  readonly about: string
  /** The questions of clients. */
  readonly client: Readonly<Record<string, Ask>>
  /** The messages of the server. */
  readonly server: Readonly<Record<string, Tell>>
}

/**
 * Declares a question.
 * @param about its purpose, as a sentence
 * @param payload the schema of the payload
 * @param details the fields of the acknowledgement beside `ok: true`
 */
export const ask = <Payload extends TSchema, Details extends TObject = TObject<{}>>(
  about: string,
  payload: Payload,
  ...[details]: TObject<{}> extends Details ? [details?: Details] : [details: Details]
): Ask<Payload, Details> => ({ about, payload, details: details ?? (Fields({}) as Details) })

/**
 * Declares a message that the server sends.
 * @param about its meaning, as a sentence
 * @param payload the schema of the payload
 * @param after the types of the events that cause it, where they are fixed
 */
export const tell = <Payload extends TSchema>(
  about: string,
  payload: Payload,
  after: readonly string[] = [],
): Tell<Payload> => ({ about, payload, after })
