import { Type, type TSchema } from 'typebox'
import { Fields, Timestamp, type Metadata } from '#kernel'
import type { LogEvent } from '../platform/storage/event-log/masked-event.ts'
import type { WireMetadata } from '../platform/engines/eventstoredb/wire.ts'

const correlationId = Type.String({
  description: 'Shared by all events and commands that one request caused.',
})
const causationId = Type.String({
  description: 'Direct cause of the event: the event that a saga reacted to, or the request.',
})
const rest = {
  commandId: Type.String({ description: 'The command that recorded the event.' }),
  actorId: Type.String({
    description: "Sender of the command: a user's id, or the name of a part of Agora.",
  }),
  schemaVersion: Type.Integer({
    minimum: 1,
    description: 'Version of its schema that the event was recorded with.',
  }),
}

/** Metadata of an event, in answers of HTTP and in exports. */
const MetadataSchema = Fields({
  correlationId,
  causationId,
  ...rest,
} satisfies Record<keyof Metadata, TSchema>)

/** Metadata of an event, as it is stored in EventStoreDB. */
export const WireMetadataSchema = Fields({
  $correlationId: correlationId,
  $causationId: causationId,
  ...rest,
  occurredAt: Timestamp,
} satisfies Record<keyof WireMetadata, TSchema>)

/** Envelope around an event's data, in answers of HTTP and in exports. */
export const EnvelopeSchema = Fields({
  eventId: Type.String({ format: 'uuid' }),
  stream: Type.String({ description: '`<category>-<id>`' }),
  type: Type.String(),
  revision: Type.Integer({ minimum: 0, description: 'Revision in its stream.' }),
  position: Type.String({ pattern: '^[0-9]+$', description: 'Position in the log.' }),
  at: Timestamp,
  data: Type.Unknown({ description: 'By the schema of its type.' }),
  metadata: MetadataSchema,
} satisfies Record<keyof LogEvent, TSchema>)
