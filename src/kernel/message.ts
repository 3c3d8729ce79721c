import type { Static, TSchema } from 'typebox'

/** Message schemas keyed by message type. A message is described here and nowhere else. */
export type Schemas = Readonly<Record<string, TSchema>>

/** The discriminated union that a map of schemas describes. */
export type MessageOf<S extends Schemas> = {
  [Type in keyof S & string]: { readonly type: Type; readonly data: Static<S[Type]> }
}[keyof S & string]

/** A message whose type is not known here. */
export type Message = { readonly type: string; readonly data: unknown }

/** How an event came to be; the same in every store. */
export type Metadata = {
  /** Shared by everything that one request set off. */
  readonly correlationId: string
  /** What directly caused the event: the id of the event that a saga reacted to, or of the request. */
  readonly causationId: string
  /** The command that was decided; the ids of its events derive from it. */
  readonly commandId: string
  /** The actor: a user's id, or the name of a part of Agora (`fulfilment`). */
  readonly actorId: string
  /** Which version of its schema the event was recorded under. */
  readonly schemaVersion: number
}

/** The very bytes of an event that a program other than Agora wrote, in base64. */
export type Original = {
  /** `application/json` or `application/octet-stream`, as the program said. */
  readonly contentType: string
  /** Left out where `data` of the event counts instead: masked, or described by the catalogue. */
  readonly data?: string
  readonly metadata: string
}

/** An event as the log keeps it: the fact, whom it is about, and its place in history. */
export type Recorded<Event, Id = string> = Event & {
  readonly eventId: string
  /** `<decider>-<id>` */
  readonly stream: string
  /** Whom it is about: the stream's name without its category. */
  readonly id: Id
  /** Its place in its stream, from 0. */
  readonly revision: number
  /** Its place in the whole log; later events have greater ones. */
  readonly position: bigint
  /** When it was recorded, ISO 8601 in UTC. */
  readonly at: string
  readonly metadata: Metadata
  /** Only where another program wrote the event: `metadata` then holds what readers need, some of it filled in. */
  readonly original?: Original
}

/** Any event, as the log keeps it. */
export type RecordedEvent = Recorded<Message>

/** The category of a stream: everything before the first dash. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'))

/** Whom a stream is about: everything after the first dash. */
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1)
