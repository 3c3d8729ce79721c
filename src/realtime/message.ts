import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Fields } from '#kernel'

/** "No" to what a client asked for over a socket. */
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

/** What a client's question is acknowledged with. */
export type Answer<Details extends object = object> = ({ readonly ok: true } & Details) | Refused

/**
 * Says no.
 * @param code stable, in snake_case
 * @param message what is wrong, and what to do about it
 */
export const refusal = (code: string, message: string): Refused => ({ ok: false, code, message })

/** Up to where in the log a message is true: a query with `?minPosition=` of it shows what the message says. */
export const Position = Type.String({
  pattern: '^[0-9]+$',
  description:
    'Up to where in the log this is true: ask with `?minPosition=` of it to read the same.',
})

/** What clients may ask for, as data: enough to check it, to answer it and to write it down for people. */
export type Ask<Payload extends TSchema = TSchema, Details extends TObject = TObject> = {
  readonly about: string
  readonly payload: Payload
  /** What the acknowledgement says beside `ok: true`; instead of it all there may be a `Refused`. */
  readonly details: Details
}

/** What clients are told, as data. */
export type Tell<Payload extends TSchema = TSchema> = {
  readonly about: string
  readonly payload: Payload
  /** The types of the events that it is told after; none when those are chosen by who listens. */
  readonly after: readonly string[]
}

/** Everything that passes in a namespace, both ways, by name. */
export type Messages = {
  readonly about: string
  /** What clients ask for. */
  readonly client: Readonly<Record<string, Ask>>
  /** What clients are told. */
  readonly server: Readonly<Record<string, Tell>>
}

/**
 * Declares a question.
 * @param about what it is for, as a sentence
 * @param payload what clients send
 * @param details what they are answered with beside `ok: true`
 */
export const ask = <Payload extends TSchema, Details extends TObject = TObject<{}>>(
  about: string,
  payload: Payload,
  ...[details]: TObject<{}> extends Details ? [details?: Details] : [details: Details]
): Ask<Payload, Details> => ({ about, payload, details: details ?? (Fields({}) as Details) })

/**
 * Declares what clients are told.
 * @param about what it means, as a sentence
 * @param payload what is sent
 * @param after the types of the events that it is told after, where those are always the same
 */
export const tell = <Payload extends TSchema>(
  about: string,
  payload: Payload,
  after: readonly string[] = [],
): Tell<Payload> => ({ about, payload, after })

/** Declares all that passes in a namespace. */
export const namespace = <
  const Client extends Messages['client'],
  const Server extends Messages['server'],
>(messages: {
  readonly about: string
  readonly client: Client
  readonly server: Server
}) => messages

/** What clients of a namespace may ask for, as socket.io has it typed. */
export type ClientOf<M extends Messages> = {
  [Name in keyof M['client'] & string]: (
    payload: Static<M['client'][Name]['payload']>,
    ack: (answer: Answer<Static<M['client'][Name]['details']>>) => void,
  ) => void
}

/** What clients of a namespace are told, as socket.io has it typed. */
export type ServerOf<M extends Messages> = {
  [Name in keyof M['server'] & string]: (payload: Static<M['server'][Name]['payload']>) => void
}
