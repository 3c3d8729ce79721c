import type { Static, TSchema } from 'typebox'

/** Message schemas by message type; the only description of a message. */
export type Schemas = Readonly<Record<string, TSchema>>

/** Discriminated union of the messages of some schemas. */
export type MessageOf<S extends Schemas> = {
  [Type in keyof S & string]: { readonly type: Type; readonly data: Static<S[Type]> }
}[keyof S & string]

/** A message of any type. */
export type Message = { readonly type: string; readonly data: unknown }

/** Causes and author of an event; the same in every store. */
export type Metadata = {
  /** Shared by all events that one request led to. */
  readonly correlationId: string
  /** Direct cause: the id of the event that a saga reacted to, or of the request. */
  readonly causationId: string
  /** Id of the decided command; the ids of its events are derived from it. */
  readonly commandId: string
  /** The actor: a user's id, or the name of a part of Agora (`fulfilment`). */
  readonly actorId: string
  /** Schema version under which the event was recorded. */
  readonly schemaVersion: number
}

/** Original bytes, in base64, of an event that another program wrote. */
export type Original = {
  /** `application/json` or `application/octet-stream`, as the program declared. */
  readonly contentType: string
  /** Absent where the event's `data` is authoritative: they are masked, or the catalogue describes them. */
  readonly data?: string
  readonly metadata: string
}

/** An event as it is recorded: type and data, the id of its instance, and its place in the log. */
export type Recorded<Event, Id = string> = Event & {
  readonly eventId: string
  /** `<decider>-<id>` */
  readonly stream: string
  /** Id of the instance: the stream's name without its category. */
  readonly id: Id
  /** Place in its stream, from 0. */
  readonly revision: number
  /** Place in the whole log; increases from event to event. */
  readonly position: bigint
  /** Time of the append, ISO 8601 in UTC. */
  readonly at: string
  readonly metadata: Metadata
  /** Present only where another program wrote the event; missing fields of `metadata` are then filled in. */
  readonly original?: Original
}

/** A recorded event of any type. */
export type RecordedEvent = Recorded<Message>

/** Returns the category of a stream: its name before the first dash. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'))

/** Returns the id of a stream's instance: its name after the first dash. */
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1)
